import { memoryStorage } from '@broadside/memory'
import { expect } from 'vitest'
import {
  type Broadside,
  createBroadside,
  type Ids,
  type Item,
  type Job,
  type ManualClock,
  manualClock,
  type OnUncertain,
  type Storage,
} from '../../src/index.js'
import { type Faults, Host, NO_FAULTS, overBadLine } from './host.js'
import { type Chance, chance } from './random.js'
import { type Delivery, ReceivingEnd } from './receiving-end.js'

interface Engine {
  readonly host: Host
  readonly broadside: Broadside
}

interface KnownJob {
  readonly id: string
  readonly onUncertain: OnUncertain
}

const LEASE_MS = 10_000
const BAD_LINE: Faults = { refuse: 0.03, loseAnswer: 0.02, slow: 0.1 }

/** Several engines on one storage, in a world where everything goes wrong that can. The same seed gives the same world. */
export class World {
  readonly #chance: Chance
  readonly #clock: ManualClock = manualClock(Date.UTC(2026, 0, 1))
  readonly #storage: Storage = memoryStorage()
  readonly #receiver: ReceivingEnd
  readonly #jobs: KnownJob[] = []
  #engines: Engine[] = []
  #hosts = 0
  #ids = 0
  #faults: Faults = BAD_LINE
  /** When the clock was put forward. */
  readonly #jumps: number[] = []

  constructor(seed: number) {
    this.#chance = chance(seed)
    this.#receiver = new ReceivingEnd(this.#clock, this.#chance)
  }

  /** Lives through `steps` random events, then calms down and ends every job. */
  async live(steps: number): Promise<void> {
    await this.#startEngine()
    await this.#startEngine()
    for (let job = 0; job < this.#chance.between(1, 3); job++) await this.#startJob()
    for (let step = 0; step < steps; step++) {
      await this.#event()
      await this.#checkCounters()
    }
    await this.#calmDown()
    await this.#checkEnd()
  }

  async #event(): Promise<void> {
    const { between, hits, pick } = this.#chance
    const engine = pick(this.#engines)
    switch (between(0, 12)) {
      case 0:
        if (this.#engines.length > 1 || hits(0.3)) this.#kill(engine)
        break
      case 1:
        engine.host.freeze(between(10, 60_000))
        break
      case 2:
        if (this.#engines.length < 4) await this.#startEngine()
        break
      case 3:
        this.#receiver.isDown = hits(0.4)
        break
      case 4:
        await this.#command(hits(0.5) ? 'pause' : 'resume')
        break
      case 5:
        if (hits(0.1)) await this.#command('cancel')
        break
      case 6:
        this.#jumps.push(this.#clock.now())
        await this.#clock.jumpTo(this.#clock.now() + between(1_000, 90_000))
        break
      default:
        await this.#clock.advance(between(1, 3_000))
    }
    if (this.#engines.length === 0) await this.#startEngine()
  }

  async #startEngine(): Promise<void> {
    const host = new Host(++this.#hosts, this.#clock)
    const storage = overBadLine(this.#storage, {
      host,
      clock: this.#clock,
      chance: this.#chance,
      faults: () => this.#faults,
    })
    const tuning = { leaseMs: LEASE_MS, sendTimeoutMs: 20_000, maxClaim: 40, maxInFlight: 100 }
    const provider = this.#receiver.providerFor(host)
    const broadside = await createBroadside({
      storage,
      providers: [provider],
      clock: this.#clock,
      random: this.#chance.next,
      tuning,
    })
    this.#engines.push({ host, broadside })
  }

  /** Ids in order: the same seed gives the same ones. */
  #namer(): Ids {
    const next = (kind: string) => (): string => `${kind}_${String(++this.#ids).padStart(6, '0')}`
    return {
      jobId: next('job'),
      sendingId: next('sending'),
      messageId: next('message'),
      recipientId: next('recipient'),
      token: next('token'),
    }
  }

  #kill(engine: Engine): void {
    engine.host.kill()
    this.#engines = this.#engines.filter((other) => other !== engine)
  }

  /** An engine that is not cut off, to give commands through. */
  async #commander(): Promise<Broadside> {
    return createBroadside({
      storage: withoutClose(this.#storage),
      clock: this.#clock,
      ids: this.#namer(),
      dispatch: false,
    })
  }

  async #startJob(): Promise<void> {
    const onUncertain = this.#chance.pick<OnUncertain>(['resend', 'hold'])
    const commander = await this.#commander()
    const message = { content: { text: 'hello' }, channels: ['email'] }
    const job = await commander.jobs.create({
      message,
      onUncertain,
      retry: { maxAttempts: 50, baseDelayMs: 100, maxDelayMs: 5_000 },
    })
    const count = this.#chance.between(1, 150)
    await job.ingest(
      Array.from({ length: count }, (_, i) => ({ to: { email: `${i % 10 === 3 ? 'bad' : 'good'}${i}@example.com` } })),
    )
    await job.run()
    this.#jobs.push({ id: job.id, onUncertain })
  }

  async #command(operation: 'pause' | 'resume' | 'cancel'): Promise<void> {
    const job = await (await this.#commander()).jobs.get(this.#chance.pick(this.#jobs).id)
    await job[operation]().catch((error: unknown) => expect(error).toMatchObject({ code: 'INVALID_TRANSITION' }))
  }

  async #calmDown(): Promise<void> {
    this.#faults = NO_FAULTS
    this.#receiver.isDown = false
    this.#receiver.isCalm = true
    await this.#startEngine()
    const commander = await this.#commander()
    for (const { id } of this.#jobs) {
      const job = await commander.jobs.get(id)
      if ((await job.info()).status === 'paused') await job.resume()
    }
    await this.#clock.advance(400_000)
  }

  async #checkCounters(): Promise<void> {
    for (const { id } of this.#jobs) {
      const record = await this.#storage.getJob(id)
      const { received, ...rest } = record?.counters ?? { received: -1 }
      expect(Object.values(rest).reduce((sum, n) => sum + n, 0)).toBe(received)
      expect(Math.min(...Object.values(rest), record?.inFlight ?? -1), JSON.stringify(record)).toBeGreaterThanOrEqual(0)
    }
  }

  async #checkEnd(): Promise<void> {
    const commander = await this.#commander()
    for (const { id, onUncertain } of this.#jobs) {
      const job = await commander.jobs.get(id)
      expect(await job.info()).toMatchObject({ inFlight: 0, counters: { pending: 0 } })
      for (const item of await allItems(job)) this.#checkItem(item, onUncertain)
    }
  }

  #checkItem(item: Item, onUncertain: OnUncertain): void {
    const deliveries = this.#receiver.ledger.filter((delivery) => delivery.messageId === item.messageId)
    // Nothing is lost: what counts as sent has arrived, what arrived is not taken for unsent.
    if (item.status === 'enqueued') expect(deliveries.length).toBeGreaterThan(0)
    if (item.status === 'cancelled' && onUncertain === 'hold') expect(deliveries).toHaveLength(0)
    if (item.status === 'error' && item.code === 'NO') expect(deliveries).toHaveLength(0)
    // With hold, nothing goes out twice, whatever happens.
    if (onUncertain === 'hold') expect(deliveries.length).toBeLessThanOrEqual(1)
    // With resend, what came before a duplicate was of unknown outcome.
    deliveries.slice(0, -1).forEach((earlier, i) => {
      const isExplained =
        earlier.host.wasCutOff || earlier.outcome !== 'sent' || this.#outranLease(earlier, deliveries[i + 1])
      expect(isExplained, `unexplained duplicate of ${item.messageId}`).toBe(true)
    })
  }

  /** The clock was put forward, past the end of its lease perhaps, before it can have been recorded: as if its engine had stood still for so long. */
  #outranLease({ at }: Delivery, again: Delivery | undefined): boolean {
    return this.#jumps.some((jump) => at <= jump && jump < at + LEASE_MS / 2 && jump <= (again?.at ?? at))
  }
}

async function allItems(job: Job): Promise<Item[]> {
  const items: Item[] = []
  let cursor: string | undefined
  do {
    const page = await job.items({ cursor, limit: 50 })
    items.push(...page.items)
    cursor = page.paging.cursor
  } while (cursor !== undefined)
  return items
}

function withoutClose(storage: Storage): Storage {
  return new Proxy(storage, {
    get(target, name) {
      if (name === 'close') return async () => undefined
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}
