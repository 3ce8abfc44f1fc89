import { parseSendingState } from '../domain/sending-state.js'
import type { JobRecord } from '../storage/job-record.js'
import type { SendingRecord } from '../storage/sending-record.js'
import type { Storage } from '../storage/storage.js'
import type { Clock } from './clock.js'
import type { Events } from './events.js'
import { beatStep, isBeingRead } from './progress-step.js'
import type { SendingChanges } from './sending-changes.js'
import { SendingLease } from './sending-lease.js'
import type { SendingStep } from './sending-step.js'
import { storageError } from './storage-health.js'

export interface SendingWorkersPorts {
  readonly storage: Storage
  readonly changes: SendingChanges
  readonly clock: Clock
  readonly events: Events
  readonly leaseMs: number
  /** The engine's. */
  readonly zone: string
  /** Work on a sending has come to its end: there is room for more. */
  readonly onFree: () => void
}

interface BeatOptions {
  readonly forMs: number
  readonly lease?: SendingLease | undefined
}

export type SendingWork = (lease: SendingLease) => Promise<void>

/** Sendings that one engine is at at once. */
const AT_ONCE = 8
/** Troubles that are remembered, so that those of sendings that others end do not pile up. */
const REMEMBERED = 500
/** What failed outside of Broadside is tried again after so long. */
export const TROUBLE_MS = 30_000

/** The work that takes its time: a few sendings at once, each under a lease for as long as it takes. */
export class SendingWorkers {
  readonly #ports: SendingWorkersPorts
  readonly #leases = new Map<string, SendingLease>()
  readonly #running = new Set<Promise<void>>()
  /** What kept a sending from being worked on when that was tried last. */
  readonly #troubles = new Map<string, string>()
  /** When this engine started. */
  readonly startedAt: number
  #isStopped = false

  constructor(ports: SendingWorkersPorts) {
    this.#ports = ports
    this.startedAt = ports.clock.now()
  }

  get hasRoom(): boolean {
    return this.#leases.size < AT_ONCE
  }

  isAt(sendingId: string): boolean {
    return this.#leases.has(sendingId)
  }

  /** Works on a sending, under a lease of its own; false when somebody else was quicker. One that has run out of time is ended instead. */
  async startOn(record: SendingRecord, work: SendingWork): Promise<boolean> {
    const step = await this.#beat(record, { forMs: this.#ports.leaseMs })
    if (step.after.status === record.status) return this.start(step, work)
    this.#troubles.delete(record.id)
    return (await this.#ports.changes.apply(step)).applied
  }

  /** Works on a sending if this engine is the one whose step, which leases it, is applied. */
  async start(step: SendingStep, work: SendingWork): Promise<boolean> {
    const { changes, clock, leaseMs } = this.#ports
    const { applied, sending } = await changes.apply(step)
    if (!applied || sending === undefined) return false
    // What this try runs into is its own.
    this.#troubles.delete(sending.id)
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

  /** Stops what is under way; what is started from now on is given back at once. */
  stop(): void {
    this.#isStopped = true
    for (const lease of this.#leases.values()) lease.stop('shutdown')
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }

  async #run(lease: SendingLease, work: SendingWork): Promise<void> {
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
    const told = storageError(error)
    this.#remember(lease.record.id, told.message)
    events.emit('sending:trouble', { sendingId: lease.record.id, error: told, retryAt })
    await lease.change((record) => this.#beat(record, { forMs: TROUBLE_MS, lease }))
  }

  /** Puts the end of a lease off, unless the sending has run out of time. */
  async #beat(record: SendingRecord, { lease, ...params }: BeatOptions): Promise<SendingStep> {
    const { clock, zone } = this.#ports
    const job = isBeingRead(record) ? await this.#jobOf(record) : undefined
    const began = lease?.takeWorked() ? parseSendingState(lease.first.state) : undefined
    const stalledMsBefore = began && (began.progress?.stalledMs ?? 0)
    const trouble = this.#troubles.get(record.id)
    const seen = { stalledMsBefore, presentSince: this.startedAt, trouble }
    return beatStep(record, { ...params, ...seen, now: clock.now(), zone, job })
  }

  #remember(sendingId: string, trouble: string): void {
    this.#troubles.delete(sendingId)
    this.#troubles.set(sendingId, trouble)
    const [oldest] = this.#troubles.keys()
    if (this.#troubles.size > REMEMBERED && oldest !== undefined) this.#troubles.delete(oldest)
  }

  async #jobOf({ jobId }: SendingRecord): Promise<JobRecord | undefined> {
    return jobId === undefined ? undefined : this.#ports.storage.getJob(jobId)
  }
}
