import { formatSendingState, parseSendingState, type StoredSendingState } from '../domain/sending-state.js'
import { nextPickOf } from '../domain/sending-wake.js'
import { firstDueOf } from '../domain/sending-waves.js'
import { thrownReason } from '../model/thrown-reason.js'
import type { JobRecord } from '../storage/job-record.js'
import type { SendingRecord } from '../storage/sending-record.js'
import type { SendingStorage } from '../storage/sending-storage.js'
import { earliest } from './alarm.js'
import { takeUpStep, transmitStep } from './building-steps.js'
import { expireStep, failStep } from './closing-steps.js'
import type { Ids } from './ids.js'
import { catchUpWithJob, hasBegun } from './job-ahead.js'
import { DEADLINE_PASSED, lookStep, nextLookOf } from './progress-step.js'
import { pickDueChampion, type SendingChampionPorts } from './sending-champion.js'
import { unborn } from './sending-checks.js'
import { SendingFitness } from './sending-fitness.js'
import { sendingsOf } from './sending-info.js'
import { freeLeftovers } from './sending-leftovers.js'
import { prepareSending, rereadAudience, type SendingPreparationPorts } from './sending-preparation.js'
import { SendingQueue } from './sending-queue.js'
import { type SendingStep, type StepContext, wakeStep } from './sending-step.js'
import { type SendingWork, SendingWorkers, type SendingWorkersPorts, TROUBLE_MS } from './sending-workers.js'
import { isStorageFault, storageError } from './storage-health.js'

export interface SendingKeeperPorts extends SendingPreparationPorts, SendingChampionPorts, SendingWorkersPorts {
  readonly ids: Ids
  /** Looks at least this often, for storages that other processes share. */
  readonly pollMs: number | undefined
}

const LISTED_AT_ONCE = 200
const LOOK_PAST_MS = 1_000
/** One that is taken up so long after it was due was missed: nobody was there. */
const MISSED_AFTER_MS = 60_000

/** Does for sendings what is due, or has it done: takes them up to prepare them, lets them go at their instant, ends those that have run out of time. */
export class SendingKeeper {
  readonly #ports: SendingKeeperPorts
  readonly #workers: SendingWorkers
  readonly #queue = new SendingQueue()
  readonly #fitness: SendingFitness
  #lookAt = Number.NEGATIVE_INFINITY
  /** In time for measuring: a clock that is put back makes nobody look later. */
  #lookedElapsed = Number.NEGATIVE_INFINITY
  #lookedPastElapsed = Number.NEGATIVE_INFINITY
  #taking: Promise<number | undefined> | undefined
  #hasLeftovers: boolean
  #isStopped = false

  constructor(ports: SendingKeeperPorts) {
    this.#ports = ports
    this.#workers = new SendingWorkers(ports)
    this.#fitness = new SendingFitness(ports)
    this.#hasLeftovers = !ports.storage.capabilities.shared
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
    this.#workers.stop()
    // What is just being taken up is given back too.
    await this.#taking?.catch(() => undefined)
    await this.#workers.settled()
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
    if (this.#hasLeftovers) await freeLeftovers({ ...this.#context, fitness: this.#fitness }, this.#ports)
    this.#hasLeftovers = false
    for (let limit = LISTED_AT_ONCE; ; ) {
      const now = this.#ports.clock.now()
      const { due, nextAt } = await this.#sendings.listDueSendings({ now, limit })
      let taken = 0
      for (const record of due) {
        if (this.#isStopped) return undefined
        if (!this.#workers.isAt(record.id) && (await this.#take(record))) taken += 1
        if (this.#ports.pacer.isDue) await this.#ports.pacer.breathe()
      }
      if (taken > 0) continue
      if (due.length < limit) {
        this.#queue.keepOnly(due)
        return earliest([nextAt, ...due.map((record) => endOf(record, this.#context))])
      }
      if (!this.#mayLookPast(limit)) return now + LOOK_PAST_MS
      // Those that wait, or that this engine can't carry, are no reason to keep others waiting.
      limit *= 2
    }
  }

  /** While there is no room, what lies beyond those that wait is looked at now and then: each look reads all of them. */
  #mayLookPast(limit: number): boolean {
    const elapsed = this.#ports.clock.elapsed()
    if (limit === LISTED_AT_ONCE && !this.#workers.hasRoom && elapsed - this.#lookedPastElapsed < LOOK_PAST_MS)
      return false
    this.#lookedPastElapsed = elapsed
    return true
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
        if (state.reresolveAt !== undefined) return this.#reread(record, state)
        return record.status === 'prepared' ? this.#transmit(record, state) : this.#watch(record, state)
      default:
        return this.#apply({ events: [], after: { ...record, wakeAt: undefined } })
    }
  }

  async #takeUp(record: SendingRecord, state: StoredSendingState): Promise<boolean> {
    const isRepeat = record.status === 'preparing'
    if (this.#wasMissed(record, state)) return this.#expire(record, MISSED)
    if (!this.#fitness.canPrepare(record)) return false
    const work: SendingWork = (lease) => prepareSending(lease, { isRepeat }, this.#ports)
    if (isRepeat) return this.#startOn(record, work)
    if (!this.#hasRoomFor(record)) return false
    const { id: _, ...job } = unborn(record)
    const { now, zone } = this.#context
    const { definition, ownerId } = job
    const created = { id: this.#ports.ids.jobId(), definition, ownerId, createdAt: now }
    const leaseUntil = now + this.#ports.leaseMs
    return this.#workers.start(takeUpStep(record, { job: created, leaseUntil, now, zone }), work)
  }

  async #reread(record: SendingRecord, state: StoredSendingState): Promise<boolean> {
    // One that is begun anew may have added newcomers that nobody has counted.
    const { rereadBegun: isRepeat = false } = state
    const work: SendingWork = (lease) => rereadAudience(lease, { isRepeat }, this.#ports)
    const begun = { ...record, state: formatSendingState({ ...state, rereadBegun: true }) }
    return this.#fitness.canPrepare(record) && this.#startOn(begun, work)
  }

  #startOn(record: SendingRecord, work: SendingWork): Promise<boolean> | false {
    return this.#hasRoomFor(record) && this.#workers.startOn(record, work)
  }

  #hasRoomFor({ id }: SendingRecord): boolean {
    if (!this.#workers.hasRoom) this.#queue.enter(id, this.#context.now)
    return this.#workers.hasRoom
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
    if (isPickDue && this.#fitness.canPick(record)) {
      return this.#startOn(record, (lease) => pickDueChampion(lease, this.#ports))
    }
    // One whose champion others have to pick stays due: it is looked at all the same, when that is due.
    if (isPickDue && (nextLookOf(record, state, this.#ports.zone) ?? Number.POSITIVE_INFINITY) > now) return false
    const job = await this.#jobOf(record)
    const trouble = this.#fitness.lackOf(record)?.message
    return (
      job !== undefined &&
      this.#apply(lookStep(record, { ...this.#context, job, state, trouble, presentSince: this.#workers.startedAt }))
    )
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

/** When one that is left to others is to be looked at all the same, as it runs out of time. */
function endOf(record: SendingRecord, { now, zone }: StepContext): number | undefined {
  try {
    const state = parseSendingState(record.state)
    return earliest([state.deadlineAt, nextLookOf(record, state, zone)].filter((at = now) => at > now))
  } catch {
    return undefined // one that makes no sense has been put off
  }
}

const MISSED = 'it was missed: nobody was there when it was due'
