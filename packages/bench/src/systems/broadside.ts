import { EventEmitter, once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Broadside,
  type BroadsideOptions,
  type ChannelProvider,
  createBroadside,
  isBroadsideError,
  type Job,
  type Sending,
  type SendOutcome,
  type Storage,
} from '@broadside/core'
import { LIQUID_CONTENT, PLAIN_CONTENT, SENT } from '../message.js'
import type { PeopleParams, Person } from '../people.js'
import { CLAIM_BATCH } from '../sizes.js'
import { DUE_TOMORROW, FIRST_SEND, NOT_PRESCHEDULED, ONE_JOB, PRESCHEDULED } from '../task.js'
import { Audiences } from './audiences.js'
import { preciseNow, type ScheduledSending, type ScheduleParams, type Share, type System } from './system.js'

const DAY_MS = 24 * 3_600_000

type WritableShare = { -readonly [name in keyof Share]: Share[name] }

interface Parts {
  readonly variant: string
  readonly sends: EventEmitter
  readonly share: WritableShare
  readonly audiences: Audiences
}

/** Broadside through its public API, with its defaults, on any of its storages. */
export class BroadsideSystem implements System {
  readonly #broadside: Broadside
  readonly #variant: string
  /** Says `send` when the provider is asked to send, where that is waited for. */
  readonly #sends: EventEmitter
  readonly #share: WritableShare
  readonly #audiences: Audiences

  private constructor(broadside: Broadside, { variant, sends, share, audiences }: Parts) {
    this.#broadside = broadside
    this.#variant = variant
    this.#sends = sends
    this.#share = share
    this.#audiences = audiences
  }

  static async open(storage: Storage, variant: string): Promise<BroadsideSystem> {
    const share = { count: 0, lastDoneAt: 0 }
    const sends = new EventEmitter()
    const audiences = new Audiences()
    const broadside = await createBroadside({
      storage: variant === ONE_JOB ? countingSettles(storage, share) : storage,
      providers: [providerOf(variant, sends)],
      audienceSource: audiences,
      ...(await contentOf(variant)),
    })
    return new BroadsideSystem(broadside, { variant, sends, share, audiences })
  }

  async prepare(queues: readonly string[]): Promise<void> {
    for (const name of queues) {
      await this.#broadside.jobs.create({ name, message: { template: 'news', channels: ['email'] } })
    }
  }

  async ingest(queue: string, people: Iterable<Person>): Promise<number> {
    return (await (await this.#job(queue)).ingest(people)).total
  }

  async drain(queues: readonly string[]): Promise<void> {
    const jobs = await Promise.all(queues.map((queue) => this.#job(queue)))
    await Promise.all(jobs.map((job) => job.run()))
    await Promise.all(jobs.map((job) => job.finished()))
  }

  async share(queue: string): Promise<Share> {
    const job = await this.#job(queue)
    if ((await job.info()).status === 'created') await job.run().catch(() => undefined)
    await job.finished()
    return this.#share
  }

  async idle(): Promise<void> {
    const job = await this.#jobOfOne()
    await job.run()
    for await (const { counters, inFlight } of job.watch()) {
      if (inFlight === 0 && counters.pending === (this.#variant === DUE_TOMORROW ? 1 : 0)) return
    }
  }

  async timeToFirstSend(): Promise<number> {
    const job = await this.#jobOfOne()
    // The engine has nothing to do, and has gone to sleep.
    await sleep(20)
    const sent = once(this.#sends, 'send')
    const startedAt = performance.now()
    const [[sentAt]] = await Promise.all([sent, job.run()])
    await job.finished()
    return Number(sentAt) - startedAt
  }

  async schedule(people: PeopleParams, { inSeconds, isPrescheduled }: ScheduleParams): Promise<ScheduledSending> {
    const name = `${people.count} of ${people.seed}`
    this.#audiences.set(name, people)
    const prepared = preparingTime(this.#broadside)
    const sent = once(this.#sends, 'send')
    const sending = await this.#broadside.sendings.create({
      channel: 'email',
      message: { content: PLAIN_CONTENT },
      audience: { type: 'reference', name },
      schedule: { type: 'relative', in: `${inSeconds} seconds`, prescheduled: isPrescheduled },
    })
    const { dueAt = 0 } = await sending.info()
    const firstSend = sent.then(([, at]) => Number(at) - dueAt)
    return { prepared, firstSend, end: () => ended(sending) }
  }

  close(): Promise<void> {
    return this.#broadside.close()
  }

  async #jobOfOne(): Promise<Job> {
    const job = await this.#broadside.jobs.create({ message: { template: 'news', channels: ['email'] } })
    await job.ingest([{ to: { email: 'ann@example.com' }, data: { name: 'Ann' } }])
    return job
  }

  async #job(name: string): Promise<Job> {
    const { jobs } = await this.#broadside.jobs.list({ name })
    const [found] = jobs
    if (found === undefined) throw new Error(`there is no job named ${name}`)
    return this.#broadside.jobs.get(found.id)
  }
}

/** Spares what is left. A small sending may have come to its end by itself. */
async function ended(sending: Sending): Promise<void> {
  await sending.cancel({ wait: true }).catch((error: unknown) => {
    if (!isBroadsideError(error, 'INVALID_TRANSITION')) throw error
  })
}

/** How long the next sending is being prepared, in ms. */
function preparingTime(broadside: Broadside): Promise<number> {
  return new Promise((resolve) => {
    let startedAt = Number.NaN
    const offs = [
      broadside.on('sending:preparing', () => {
        startedAt = performance.now()
      }),
      ...(['sending:prepared', 'sending:transmitting'] as const).map((name) =>
        broadside.on(name, () => {
          for (const off of offs) off()
          resolve(performance.now() - startedAt)
        }),
      ),
    ]
  })
}

/** The job refers to its content, so that one job, filled once, can be drained with and without rendering. */
async function contentOf(variant: string): Promise<Pick<BroadsideOptions, 'renderer' | 'contentSource'>> {
  if (variant !== 'liquid') return { contentSource: { resolve: () => PLAIN_CONTENT } }
  const { liquidRenderer } = await import('@broadside/liquid')
  return { contentSource: { resolve: () => LIQUID_CONTENT }, renderer: liquidRenderer() }
}

const TELLING_SENDS: readonly string[] = [FIRST_SEND, PRESCHEDULED, NOT_PRESCHEDULED]

/** A provider that does nothing: it takes one message a call, or as many as a lease has. */
function providerOf(variant: string, sends: EventEmitter): ChannelProvider {
  const named = { channel: 'email', name: 'nothing' } as const
  if (variant === 'send') return { ...named, send: async () => SENT }
  if (variant === DUE_TOMORROW) {
    return { ...named, send: async () => ({ type: 'retryable', code: 'LATER', retryAfterMs: DAY_MS }) }
  }
  if (TELLING_SENDS.includes(variant)) {
    const send = async (): Promise<SendOutcome> => {
      sends.emit('send', performance.now(), Date.now())
      return SENT
    }
    return { ...named, send }
  }
  return {
    ...named,
    limits: { batchSize: CLAIM_BATCH },
    sendBatch: async (messages) => messages.map(() => SENT),
  }
}

/** Takes down how much this process has settled of a job that several drain. */
function countingSettles(storage: Storage, share: WritableShare): Storage {
  return {
    ...storage,
    settle: async (params) => {
      const result = await storage.settle(params)
      share.count += result.answers.filter((answer) => answer === 'applied').length
      share.lastDoneAt = preciseNow()
      return result
    },
  }
}
