import {
  type Broadside,
  type BroadsideOptions,
  createBroadside,
  type JobInfo,
  type OutgoingMessage,
} from '@broadside/core'
import { afterAll, describe, expect, it } from 'vitest'
import { TestDatabase } from '../test/database.js'
import { postgresStorage } from './index.js'

const database = await TestDatabase.start()
afterAll(() => database.stop())

const input = { message: { content: { text: 'Hello' }, channels: ['email'] } }
const SIZE = 4_000

function users(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    recipient: `user-${index}`,
    to: { email: `${index}@example.com` },
  }))
}

/** How often each message has arrived. Nothing arrives before every sender has something to send. */
class Ledger {
  readonly arrivals = new Map<string, number>()
  readonly #awaited: Set<string>
  readonly #together: Promise<void>
  readonly #waiting: { readonly count: number; readonly resolve: () => void }[] = []
  #start: () => void = () => {}

  constructor(...senders: readonly string[]) {
    this.#awaited = new Set(senders)
    this.#together = new Promise((resolve) => {
      this.#start = resolve
    })
  }

  provider(sender: string) {
    return {
      channel: 'email',
      name: 'ledger',
      limits: { batchSize: 50 },
      sendBatch: async (messages: readonly OutgoingMessage[]) => {
        this.#awaited.delete(sender)
        if (this.#awaited.size === 0) this.#start()
        await this.#together
        return messages.map((message) => this.#arrive(message))
      },
    }
  }

  /** Resolves when so many messages have arrived. */
  reached(count: number): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ count, resolve }))
  }

  #arrive({ messageId }: OutgoingMessage) {
    this.arrivals.set(messageId, (this.arrivals.get(messageId) ?? 0) + 1)
    for (const { count, resolve } of this.#waiting) if (this.arrivals.size >= count) resolve()
    return { type: 'sent', receipt: `receipt of ${messageId}` } as const
  }
}

interface EngineParams {
  readonly schema: string
  readonly name: string
  readonly ledger?: Ledger
  readonly tuning?: BroadsideOptions['tuning']
}

function engine({ schema, name, ledger, tuning }: EngineParams): Promise<Broadside> {
  const url = new URL(database.url)
  url.searchParams.set('application_name', `${schema}-${name}`)
  const storage = postgresStorage(url.href, { schema })
  const providers = ledger ? { providers: [ledger.provider(name)] } : { dispatch: false }
  return createBroadside({ storage, ...providers, tuning: { maxClaim: 100, maxInFlight: 400, ...tuning } })
}

async function completed(engines: readonly Broadside[], jobId: string): Promise<JobInfo> {
  await new Promise<void>((resolve) => {
    for (const one of engines) one.on('job:completed', (event) => event.jobId === jobId && resolve())
  })
  const job = await engines[0]?.jobs.get(jobId)
  if (!job) throw new Error('there is no engine')
  return job.info()
}

describe('several engines over one database', () => {
  it('share a job, and send each of its items once', async () => {
    const schema = database.newSchema()
    const ledger = new Ledger('a', 'b')
    const writer = await engine({ schema, name: 'writer' })
    const workers = await Promise.all(['a', 'b'].map((name) => engine({ schema, name, ledger })))
    const job = await writer.jobs.create(input)
    await job.ingest(users(SIZE))
    const end = completed(workers, job.id)
    await job.run()
    expect((await end).counters).toMatchObject({ received: SIZE, enqueued: SIZE, pending: 0 })
    expect(ledger.arrivals.size).toBe(SIZE)
    expect(Math.max(...ledger.arrivals.values())).toBe(1)
    await Promise.all([writer, ...workers].map((one) => one.close()))
  })

  it('wake each other, without looking by themselves', async () => {
    const schema = database.newSchema()
    const ledger = new Ledger('worker')
    const writer = await engine({ schema, name: 'writer' })
    const worker = await engine({ schema, name: 'worker', ledger, tuning: { pollMs: 3_600_000 } })
    for (const loseConnections of [false, true]) {
      if (loseConnections) await terminate(`${schema}-worker`)
      const job = await writer.jobs.create(input)
      await job.ingest(users(3))
      const end = completed([worker], job.id)
      await job.run()
      expect((await end).counters.enqueued).toBe(3)
    }
    await Promise.all([writer.close(), worker.close()])
  })

  it('lose nobody and count exactly while their connections are ended again and again', async () => {
    const schema = database.newSchema()
    const ledger = new Ledger('a', 'b')
    // What a claim took whose answer got lost is free again when its lease has run out.
    const tuning = { leaseMs: 2_000, pollMs: 200 }
    const workers = await Promise.all(['a', 'b'].map((name) => engine({ schema, name, ledger, tuning })))
    const job = await workers[0]?.jobs.create(input)
    if (!job) throw new Error('there is no engine')
    await job.ingest(users(SIZE))
    const end = completed(workers, job.id)
    await job.run()
    let ended = 0
    for (const [round, share] of [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8].entries()) {
      await ledger.reached(share * SIZE)
      ended += await terminate(`${schema}-${round % 2 === 0 ? 'a' : 'b'}`)
    }
    expect(ended).toBeGreaterThan(8)
    const { counters } = await end
    expect(counters).toMatchObject({ received: SIZE, enqueued: SIZE, pending: 0, error: 0 })
    expect(ledger.arrivals.size).toBe(SIZE)
    await Promise.all(workers.map((one) => one.close()))
  })
})

/** Ends the connections of one engine, those that are in the middle of something included; returns how many. */
async function terminate(applicationName: string): Promise<number> {
  const { rowCount } = await database.pool.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1',
    [applicationName],
  )
  return rowCount ?? 0
}
