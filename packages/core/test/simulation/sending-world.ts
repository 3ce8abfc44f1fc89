import { memoryStorage } from '@broadside/memory'
import { expect } from 'vitest'
import {
  type Broadside,
  createBroadside,
  type Ids,
  isBroadsideError,
  type JobRecord,
  type JobStatus,
  type ManualClock,
  manualClock,
  ownedJobStatus,
  resumeEvent,
  SENDING_TRANSITIONS,
  type Sending,
  type SendingEvent,
  type SendingInfo,
  type SendingInput,
  type SendingOperation,
  type SendingRecord,
  type SendingStatus,
  type Storage,
  whySendingRefuses,
} from '../../src/index.js'
import { members, SENDING, sourceOf, stoppable, withoutClose } from '../sending-support.js'
import { type Chance, chance } from './random.js'

interface Engine {
  readonly broadside: Broadside
  readonly line: ReturnType<typeof stoppable>
  isDead: boolean
}

interface Known {
  readonly sending: Sending
  readonly size: number
  /** How often it was told to be transmitted, and how often it was sent on its way. */
  told: number
  runs: number
}

const MEMBERS = members(60)
const ZONES = ['Europe/Oslo', 'Asia/Tokyo', 'America/New_York', undefined]
const ENDED: readonly SendingStatus[] = ['transmitted', 'skipped', 'cancelled', 'failed']

/** Several engines and their users on one storage: each answer is compared with the tables. The same seed gives the same world. */
export class SendingWorld {
  readonly #chance: Chance
  readonly #clock: ManualClock = manualClock(Date.UTC(2026, 0, 15, 12))
  readonly #storage: Storage = memoryStorage()
  readonly #known: Known[] = []
  readonly #delivered = new Map<string, number>()
  #engines: Engine[] = []
  #users: Broadside | undefined
  #wasCutOff = false
  #ids = 0

  constructor(seed: number) {
    this.#chance = chance(seed)
  }

  async live(steps: number): Promise<void> {
    this.#users = await this.#broadsideOn(this.#storage, false)
    await this.#startEngine()
    await this.#startEngine()
    for (let step = 0; step < steps; step++) {
      await this.#event()
      for (const known of this.#known) await this.#checkConsistent(known)
    }
    await this.#calmDown()
    for (const known of this.#known) await this.#checkEnd(known)
    for (const { broadside, isDead } of this.#engines) if (!isDead) await broadside.close()
  }

  async #event(): Promise<void> {
    const { between, pick } = this.#chance
    const engine = pick(this.#engines)
    switch (between(0, 9)) {
      case 0:
        if (this.#known.length < 6) await this.#create()
        break
      case 1:
        await this.#kill(engine)
        break
      case 2:
        this.#wasCutOff = true
        engine.line.freeze()
        break
      case 3:
        if (!engine.isDead) engine.line.thaw()
        break
      case 4:
        if (this.#engines.length < 4) await this.#startEngine()
        break
      case 5:
        await this.#clock.advance(between(1, 4) * 60_000)
        break
      case 6:
        await this.#clock.advance(between(1, 5_000))
        break
      default:
        if (this.#known.length > 0) await this.#operate(pick(this.#known))
    }
  }

  async #create(): Promise<void> {
    const { between, hits, pick } = this.#chance
    const size = between(0, MEMBERS.length)
    const experiments: SendingInput['experiments'] = [
      {
        name: 'subject',
        strategy: 'split-with-champion',
        testShare: 0.3,
        champion: { pickedBy: 'function', after: '3 minutes' },
        variants: [{ name: 'a' }, { name: 'b', headers: { subject: 'B' } }],
      },
    ]
    const schedules: SendingInput['schedule'][] = [
      undefined,
      { type: 'immediate' },
      { type: 'relative', in: `${between(1, 10)} minutes`, prescheduled: hits(0.5) },
      { type: 'absolute', at: '2026-01-15 12:05:00', scheduleType: 'contactTZ' },
    ]
    const isLate = this.#clock.now() > Date.UTC(2026, 0, 15, 13)
    const sending = await this.#commander.sendings.create({
      ...SENDING,
      audience: { type: 'reference', id: size },
      schedule: pick(isLate ? schedules.slice(0, 3) : schedules),
      rate: hits(0.3) ? { limit: 20, intervalMs: 30_000 } : undefined,
      onResume: hits(0.5) ? 'reresolve' : 'continue',
      failAfter: null,
      ...(hits(0.3) && { experiments }),
    })
    this.#known.push({ sending, size, told: 0, runs: 0 })
  }

  /** With nobody else at it, the answer is exactly what the tables say; with the engines at it, it is one that they allow. */
  async #operate(known: Known): Promise<void> {
    const operation = this.#chance.pick<Exclude<SendingOperation, 'delete'>>([
      'update',
      'send',
      'unschedule',
      'pause',
      'resume',
      'cancel',
      'retryFailed',
    ])
    // Cancelled, nothing more comes of it.
    if (operation === 'cancel' && this.#chance.hits(0.7)) return
    const isAlone = this.#chance.hits(0.5)
    const frozen = isAlone ? this.#engines.filter(({ isDead }) => !isDead) : []
    for (const { line } of frozen) line.freeze()
    // What had come through already comes to its end.
    await this.#clock.advance(0)
    const before = await known.sending.info()
    const answer = await this.#call(known.sending, operation).catch((error: unknown) => error)
    if (isBroadsideError(answer)) {
      expect(answer.code).toBe('INVALID_TRANSITION')
      const from = answer.from as SendingStatus
      if (isAlone) expect(from).toBe(before.status)
      expect(answer.message).toContain(whySendingRefuses(operation, from) ?? 'nothing refuses it')
    } else {
      const { status } = answer as SendingInfo
      if (isAlone) expect(this.#leadsTo(before, operation)).toContain(status)
      if (operation === 'retryFailed') known.runs += 1
    }
    for (const { line } of frozen) line.thaw()
  }

  #leadsTo(before: SendingInfo, operation: SendingOperation): (SendingStatus | undefined)[] {
    if (whySendingRefuses(operation, before.status) !== undefined) return []
    const events: SendingEvent[] =
      operation === 'send'
        ? ['schedule', 'sendNow']
        : operation === 'resume'
          ? [resumeEvent(before.pausedFrom ?? 'pending')]
          : [operation as SendingEvent]
    const next = events.map((event) => SENDING_TRANSITIONS[before.status][event])
    // Nothing was open any more.
    return next.includes('transmitting') ? [...next, 'transmitted'] : next
  }

  #call(sending: Sending, operation: SendingOperation): Promise<SendingInfo> {
    switch (operation) {
      case 'update':
        return sending.update({ name: `n${this.#chance.between(1, 9)}` })
      case 'send':
        return sending.send({ schedule: { type: 'relative', in: `${this.#chance.between(1, 120)} seconds` } })
      default:
        return sending[operation as 'pause']()
    }
  }

  async #checkConsistent({ sending }: Known): Promise<void> {
    const { record, job } = await this.#standing(sending.id)
    if (record === undefined) throw new Error(`${sending.id} is gone`)
    const { status, pausedFrom = 'pending' } = record
    const expected = ownedJobStatus(status === 'paused' ? { status, pausedFrom } : { status })
    const allowed: (JobStatus | undefined)[] = [expected]
    // Gone ahead of the change that says so; held while its audience is read again; ended before it had one.
    if (status === 'prepared') allowed.push('completed')
    if (status === 'prepared' || status === 'transmitting') allowed.push('paused')
    if (ENDED.includes(status)) allowed.push(undefined)
    expect(allowed, `${sending.id} is ${status}`).toContain(job?.status)
    // Without `failAfter`, nobody has to wake for what goes out by itself.
    const sleeps = status === 'draft' || status === 'paused' || ENDED.includes(status)
    if (status !== 'transmitting') expect(record.wakeAt === undefined, `${sending.id} is ${status}`).toBe(sleeps)
    if (job === undefined) return
    const { received, ...rest } = job.counters
    expect(Object.values(rest).reduce((sum, count) => sum + count, 0)).toBe(received)
    expect(received).toBeLessThanOrEqual(MEMBERS.length)
  }

  /** The sending and its job as they are together, though the engines go on meanwhile. */
  async #standing(sendingId: string): Promise<{ record: SendingRecord | undefined; job: JobRecord | undefined }> {
    for (;;) {
      const record = await this.#storage.sendings?.getSending(sendingId)
      const job = record?.jobId === undefined ? undefined : await this.#storage.getJob(record.jobId)
      const again = await this.#storage.sendings?.getSending(sendingId)
      if (again?.version === record?.version) return { record, job }
    }
  }

  async #calmDown(): Promise<void> {
    for (const { line, isDead } of this.#engines) if (!isDead) line.thaw()
    await this.#startEngine()
    for (let round = 0; round < 6; round++) {
      for (const { sending } of this.#known) {
        const { status } = await sending.info()
        if (status === 'paused') await sending.resume().catch(onlyRefused)
        if (status === 'draft') await sending.send().catch(onlyPast)
      }
      await this.#clock.advance(30 * 60_000)
      for (const { sending } of this.#known) {
        if ((await sending.info()).status === 'draft') await sending.send({ schedule: { type: 'immediate' } })
      }
      await this.#clock.advance(6 * 3_600_000)
    }
  }

  async #checkEnd({ sending, size, told, runs }: Known): Promise<void> {
    const info = await sending.info()
    expect(ENDED, `${sending.id} is ${info.status}`).toContain(info.status)
    if (info.status === 'transmitted') {
      expect(info.counters).toMatchObject({ received: size, enqueued: size })
      for (const { recipient } of MEMBERS.slice(0, size).map(({ id }) => ({ recipient: String(id) })))
        expect(this.#delivered.get(`${sending.id} ${recipient}`) ?? 0).toBeGreaterThanOrEqual(1)
      if (!this.#wasCutOff) expect(told).toBe(1 + runs)
    }
    if (info.status === 'skipped') expect(size).toBe(0)
    expect(info.status).not.toBe('failed')
    // Told at most once for each time that it went out.
    expect(told).toBeLessThanOrEqual(1 + runs)
  }

  async #startEngine(): Promise<void> {
    const line = stoppable(withoutClose(this.#storage))
    const broadside = await this.#broadsideOn(line.storage, true)
    broadside.on('sending:transmitted', ({ sendingId }) => {
      const known = this.#known.find(({ sending }) => sending.id === sendingId)
      if (known !== undefined) known.told += 1
    })
    this.#engines.push({ broadside, line, isDead: false })
  }

  async #kill(engine: Engine): Promise<void> {
    this.#wasCutOff = true
    engine.isDead = true
    engine.line.freeze()
    this.#engines = this.#engines.filter((other) => other !== engine)
    if (this.#engines.length === 0) await this.#startEngine()
  }

  #broadsideOn(storage: Storage, dispatch: boolean): Promise<Broadside> {
    const list = MEMBERS.map((member, i) => ({ ...member, timeZone: ZONES[i % ZONES.length] }))
    return createBroadside({
      storage,
      dispatch,
      clock: this.#clock,
      ids: this.#namer(),
      random: this.#chance.next,
      providers: [
        {
          channel: 'email',
          name: 'world',
          send: async ({ sendingId, recipient }) => {
            const key = `${sendingId} ${recipient}`
            this.#delivered.set(key, (this.#delivered.get(key) ?? 0) + 1)
            await new Promise<void>((resolve) => this.#clock.setTimer(this.#chance.between(0, 50), resolve))
            return { type: 'sent' }
          },
        },
      ],
      audienceSource: {
        ...sourceOf(list),
        resolve: (audience) => this.#slowly(list.slice(0, audience.type === 'reference' ? Number(audience.id) : 0)),
      },
      pickChampion: () => 'b',
      tuning: { leaseMs: 10_000 },
    })
  }

  async *#slowly<T>(list: readonly T[]): AsyncGenerator<T> {
    for (const one of list) {
      if (this.#chance.hits(0.02))
        await new Promise<void>((resolve) => this.#clock.setTimer(this.#chance.between(1, 20_000), resolve))
      yield one
    }
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

  get #commander(): Broadside {
    if (this.#users === undefined) throw new Error('not alive yet')
    return this.#users
  }
}

function onlyRefused(error: unknown): void {
  if (!isBroadsideError(error, 'INVALID_TRANSITION')) throw error
}

function onlyPast(error: unknown): void {
  if (!isBroadsideError(error, 'SCHEDULE_IN_PAST')) onlyRefused(error)
}
