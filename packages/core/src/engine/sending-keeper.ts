import { parseSendingState, type StoredSendingState } from '../domain/sending-state.js'
import { nextPickOf } from '../domain/sending-wake.js'
import { firstDueOf } from '../domain/sending-waves.js'
import { thrownReason } from '../model/thrown-reason.js'
import type { JobRecord } from '../storage/job-record.js'
import type { SendingRecord } from '../storage/sending-record.js'
import type { SendingStorage } from '../storage/sending-storage.js'
import { takeUpStep, transmitStep } from './building-steps.js'
import { expireStep, failStep } from './closing-steps.js'
import type { Events } from './events.js'
import type { Ids } from './ids.js'
import { catchUpWithJob, hasBegun } from './job-ahead.js'
import { beatStep, DEADLINE_PASSED, isBeingRead, lookStep } from './progress-step.js'
import { pickDueChampion, type SendingChampionPorts } from './sending-champion.js'
import type { SendingChanges } from './sending-changes.js'
import { unborn } from './sending-checks.js'
import { SendingFitness } from './sending-fitness.js'
import { sendingsOf } from './sending-info.js'
import { SendingLease } from './sending-lease.js'
import { prepareSending, rereadAudience, type SendingPreparationPorts } from './sending-preparation.js'
import { SendingQueue } from './sending-queue.js'
import { type SendingStep, type StepContext, wakeStep } from './sending-step.js'
import { isStorageFault, storageError } from './storage-health.js'

export interface SendingKeeperPorts extends SendingPreparationPorts, SendingChampionPorts {
  readonly changes: SendingChanges
  readonly events: Events
  readonly ids: Ids
  /** Looks at least this often, for storages that other processes share. */
  readonly pollMs: number | undefined
  /** Work on a sending has come to its end: there is room for more. */
  readonly onFree: () => void
}

/** Sendings that one engine is at at once. */
const AT_ONCE = 8
const LISTED_AT_ONCE = 200
/** One that is taken up so long after it was due was missed: nobody was there. */
const MISSED_AFTER_MS = 60_000
/** What failed outside of Broadside is tried again after so long. */
const TROUBLE_MS = 30_000

/** Does for sendings what is due: takes them up to prepare them, lets them go at their instant, ends those that have run out of time. */
export class SendingKeeper {
  readonly #ports: SendingKeeperPorts
  readonly #leases = new Map<string, SendingLease>()
  readonly #running = new Set<Promise<void>>()
  readonly #queue = new SendingQueue()
  readonly #fitness: SendingFitness
  #lookAt = Number.NEGATIVE_INFINITY
  /** In time for measuring: a clock that is put back makes nobody look later. */
  #lookedElapsed = Number.NEGATIVE_INFINITY
  #taking: Promise<number | undefined> | undefined
  #isStopped = false

  constructor(ports: SendingKeeperPorts) {
    this.#ports = ports
    this.#fitness = new SendingFitness(ports)
  }

  /** Something about sendings may have changed: the next look asks the storage. */
  changed(): void {
    this.#lookAt = Number.NEGATIVE_INFINITY
  }

  /** Does what is due, or starts it; resolves with when there is something to do next. */
  async look(): Promise<number | undefined> {
    const { clock, pollMs = Number.POSITIVE_INFINITY } = this.#ports
    const isPollDue = clock.elapsed() - this.#lookedElapsed >= pollMs
    if (!this.#isStopped && (isPollDue || clock.now() >= this.#lookAt)) {
      this.#lookedElapsed = clock.elapsed()
      this.#lookAt = Number.POSITIVE_INFINITY
      this.#taking = this.#takeAll()
      try {
        const nextAt = (await this.#taking) ?? Number.POSITIVE_INFINITY
        this.#lookAt = Math.min(this.#lookAt, nextAt)
      } catch (error) {
        this.changed()
        throw error
      }
    }
    return Number.isFinite(this.#lookAt) ? this.#lookAt : undefined
  }

  /** Stops what is under way, and gives it back, so that another engine, or the next start, goes on at once. */
  async stop(): Promise<void> {
    this.#isStopped = true
    for (const lease of this.#leases.values()) lease.stop('shutdown')
    // What is just being taken up is given back too.
    await this.#taking?.catch(() => undefined)
    while (this.#running.size > 0) await Promise.all(this.#running)
  }

  /** A job whose message does not compile any more, although it did: its sending can't be sent. */
  async impossible({ ownerId = '' }: JobRecord, error: unknown): Promise<void> {
    const record = await this.#sendings.getSending(ownerId)
    if (record?.status !== 'prepared' && record?.status !== 'transmitting') return
    const reason = `its message does not compile any more: ${thrownReason(error)}`
    await this.#apply(failStep(record, { ...this.#context, reason }))
  }

  get #sendings(): SendingStorage {
    return sendingsOf(this.#ports.storage)
  }

  get #context(): StepContext {
    return { now: this.#ports.clock.now(), zone: this.#ports.zone }
  }

  async #takeAll(): Promise<number | undefined> {
    for (;;) {
      const now = this.#ports.clock.now()
      const { due, nextAt } = await this.#sendings.listDueSendings({ now, limit: LISTED_AT_ONCE })
      this.#queue.keepOnly(due)
      let taken = 0
      for (const record of due) {
        if (this.#isStopped) return undefined
        if (!this.#leases.has(record.id) && (await this.#take(record))) taken += 1
        if (this.#ports.pacer.isDue) await this.#ports.pacer.breathe()
      }
      if (taken === 0) return nextAt
    }
  }

  /** Does what is due for a sending, or starts it; false when nothing came of it. */
  async #take(record: SendingRecord): Promise<boolean> {
    let state: StoredSendingState | undefined
    try {
      state = parseSendingState(record.state)
      return await this.#takeAs(record, state)
    } catch (error) {
      // One that makes no sense, of a later version perhaps, keeps nothing else from going out.
      if (state !== undefined && isStorageFault(error)) throw error
      return this.#putOff(record, error)
    }
  }

  async #takeAs(record: SendingRecord, state: StoredSendingState): Promise<boolean> {
    if (state.deadlineAt !== undefined && state.deadlineAt <= this.#context.now && record.status !== 'paused')
      return this.#expire(record, DEADLINE_PASSED)
    switch (record.status) {
      case 'scheduled':
      case 'pending':
      case 'preparing':
        return this.#takeUp(record, state)
      case 'prepared':
      case 'transmitting':
        if (state.reresolveAt !== undefined) return this.#reread(record)
        return record.status === 'prepared' ? this.#transmit(record, state) : this.#watch(record, state)
      default:
        return this.#apply({ events: [], after: { ...record, wakeAt: undefined } })
    }
  }

  async #takeUp(record: SendingRecord, state: StoredSendingState): Promise<boolean> {
    const isRepeat = record.status === 'preparing'
    if (this.#wasMissed(record, state)) return this.#expire(record, MISSED)
    if (!this.#fitness.isFit(record)) return false
    const work = (lease: SendingLease): Promise<void> => prepareSending(lease, { isRepeat }, this.#ports)
    if (isRepeat) return this.#lease(record, work)
    const { id: _, ...job } = unborn(record)
    const { now, zone } = this.#context
    const { definition, ownerId } = job
    const created = { id: this.#ports.ids.jobId(), definition, ownerId, createdAt: now }
    const leaseUntil = now + this.#ports.leaseMs
    return this.#startIf(takeUpStep(record, { job: created, leaseUntil, now, zone }), work)
  }

  async #reread(record: SendingRecord): Promise<boolean> {
    return this.#fitness.isFit(record) && this.#lease(record, (lease) => rereadAudience(lease, this.#ports))
  }

  async #lease(record: SendingRecord, work: (lease: SendingLease) => Promise<void>): Promise<boolean> {
    const step = await this.#beat(record, { forMs: this.#ports.leaseMs })
    return step.after.status === record.status ? this.#startIf(step, work) : this.#apply(step)
  }

  /** Works on a sending if this engine is the one whose step is applied. */
  async #startIf(step: SendingStep, work: (lease: SendingLease) => Promise<void>): Promise<boolean> {
    const { changes, clock, leaseMs } = this.#ports
    if (this.#leases.size >= AT_ONCE) {
      this.#queue.enter(step.after.id, clock.now())
      return false
    }
    const { applied, sending } = await changes.apply(step)
    if (!applied || sending === undefined) return false
    const lease: SendingLease = new SendingLease(sending, {
      changes,
      clock,
      leaseMs,
      onBeat: (record) => this.#beat(record, { forMs: leaseMs, lease }),
    })
    this.#leases.set(sending.id, lease)
    if (this.#isStopped) lease.stop('shutdown')
    const running = this.#run(lease, work).finally(() => {
      this.#leases.delete(sending.id)
      this.#running.delete(running)
      this.#ports.onFree()
    })
    this.#running.add(running)
    return true
  }

  async #run(lease: SendingLease, work: (lease: SendingLease) => Promise<void>): Promise<void> {
    try {
      await work(lease)
    } catch (error) {
      await this.#retryLater(lease, error).catch(() => undefined)
    }
    // A lease that can't be given back runs out by itself.
    await lease.end().catch(() => undefined)
  }

  async #retryLater(lease: SendingLease, error: unknown): Promise<void> {
    if (lease.signal.aborted) return
    const { clock, events } = this.#ports
    const retryAt = clock.now() + TROUBLE_MS
    events.emit('sending:trouble', { sendingId: lease.record.id, error: storageError(error), retryAt })
    await lease.change((record) => this.#beat(record, { forMs: TROUBLE_MS, lease }))
  }

  /** Puts the end of a lease off, unless the sending has run out of time. */
  async #beat(
    record: SendingRecord,
    { forMs, lease }: { readonly forMs: number; readonly lease?: SendingLease | undefined },
  ): Promise<SendingStep> {
    const job = isBeingRead(record) ? await this.#jobOf(record) : undefined
    const began = lease?.takeWorked() ? parseSendingState(lease.first.state) : undefined
    const stalledMsBefore = began && (began.progress?.stalledMs ?? 0)
    return beatStep(record, { ...this.#context, forMs, job, stalledMsBefore })
  }

  async #transmit(record: SendingRecord, state: StoredSendingState): Promise<boolean> {
    const { now } = this.#context
    if ((firstDueOf(state.waves) ?? record.dueAt ?? now) > now) return this.#apply(wakeStep(record, this.#context))
    const job = await this.#jobOf(record)
    if (job === undefined) return false
    if (!hasBegun(job) && this.#wasMissed(record, state)) return this.#expire(record, MISSED)
    return this.#apply(transmitStep(record, { ...this.#context, job }))
  }

  async #watch(record: SendingRecord, state: StoredSendingState): Promise<boolean> {
    const { now } = this.#context
    const isPickDue = state.champions.some((champion) => (nextPickOf(champion) ?? Number.POSITIVE_INFINITY) <= now)
    if (isPickDue) return this.#lease(record, (lease) => pickDueChampion(lease, this.#ports))
    const job = await this.#jobOf(record)
    return job !== undefined && this.#apply(lookStep(record, { ...this.#context, job, state }))
  }

  /** Nobody was at it when it was due, nor until long after. */
  #wasMissed(record: SendingRecord, { prepareAt = 0, waves }: StoredSendingState): boolean {
    const { id, definition, dueAt = 0, scheduledAt = 0, wakeAt = 0 } = record
    const expectedAt = Math.max(firstDueOf(waves) ?? dueAt, scheduledAt, prepareAt)
    const seenAt = this.#queue.since(id) ?? this.#context.now
    return definition.onMissed === 'fail' && wakeAt <= expectedAt && seenAt > expectedAt + MISSED_AFTER_MS
  }

  async #expire(record: SendingRecord, reason: string): Promise<boolean> {
    const isExpired = await this.#apply(expireStep(record, { ...this.#context, reason }))
    return isExpired || catchUpWithJob(record, this.#context, this.#ports)
  }

  async #putOff(record: SendingRecord, error: unknown): Promise<boolean> {
    const retryAt = this.#context.now + TROUBLE_MS
    this.#ports.events.emit('sending:trouble', { sendingId: record.id, error: storageError(error), retryAt })
    return this.#apply({ events: [], after: { ...record, wakeAt: retryAt } })
  }

  /** False when somebody else was quicker, or the job has gone on by itself: then the next look sees to it. */
  async #apply(step: SendingStep): Promise<boolean> {
    return (await this.#ports.changes.apply(step)).applied
  }

  async #jobOf({ jobId }: SendingRecord): Promise<JobRecord | undefined> {
    return jobId === undefined ? undefined : this.#ports.storage.getJob(jobId)
  }
}

const MISSED = 'it was missed: nobody was there when it was due'
