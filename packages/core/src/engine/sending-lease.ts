import type { SendingRecord } from '../storage/sending-record.js'
import type { MaybePromise } from '../storage/storage.js'
import type { Clock } from './clock.js'
import type { SendingChanges } from './sending-changes.js'
import { leaseStep, type SendingStep } from './sending-step.js'
import type { StopReason } from './stop-reason.js'

export interface SendingLeasePorts {
  readonly changes: SendingChanges
  readonly clock: Clock
  readonly leaseMs: number
  /** Decides what an extension does: more than that, if the sending has run out of time. */
  readonly onBeat: (record: SendingRecord) => MaybePromise<SendingStep>
}

/**
 * A sending that this engine is at. Every change of it goes through here, one after the other; the first that is refused says that somebody else
 * has changed the sending, and ends the lease. While it lasts it is extended at a third.
 */
export class SendingLease {
  readonly #ports: SendingLeasePorts
  /** As it was when the lease began. */
  readonly first: SendingRecord
  readonly #abort = new AbortController()
  #record: SendingRecord
  #hasWorked = false
  #last: Promise<unknown> = Promise.resolve()
  #cancelTimer: (() => void) | undefined

  /** `record` is as this engine has just stored it. */
  constructor(record: SendingRecord, ports: SendingLeasePorts) {
    this.first = record
    this.#record = record
    this.#ports = ports
    this.#arm()
  }

  /** As it stands. */
  get record(): SendingRecord {
    return this.#record
  }

  /** Aborted when the work has to stop, with the reason. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** Something was done that may show nowhere. */
  worked(): void {
    this.#hasWorked = true
  }

  /** Whether something was, since this was asked last. */
  takeWorked(): boolean {
    const hasWorked = this.#hasWorked
    this.#hasWorked = false
    return hasWorked
  }

  /** Stops the work. What it has changed so far stays. */
  stop(reason: StopReason): void {
    this.#cancelTimer?.()
    if (!this.#abort.signal.aborted) this.#abort.abort(reason)
  }

  /** Makes a change; false when somebody else was quicker, or the work has been stopped. */
  change(decide: (record: SendingRecord) => MaybePromise<SendingStep>): Promise<boolean> {
    const done = this.#last.then(() => (this.signal.aborted ? false : this.#change(decide)))
    this.#last = done.catch(() => undefined)
    return done
  }

  /** Makes sure that the lease holds for a while. */
  async keep(): Promise<boolean> {
    if (this.signal.aborted) return false
    const leftMs = (this.#record.wakeAt ?? 0) - this.#ports.clock.now()
    return leftMs > this.#ports.leaseMs / 3 || this.change(this.#ports.onBeat)
  }

  /** The end of the work. When it was cut short by a shutdown, anybody may go on at once. */
  async end(): Promise<void> {
    const isGivenBack = this.signal.reason === 'shutdown'
    this.stop('lease-lost')
    await this.#last
    if (isGivenBack) await this.#ports.changes.apply(leaseStep(this.#record, { leaseUntil: this.#ports.clock.now() }))
  }

  async #change(decide: (record: SendingRecord) => MaybePromise<SendingStep>): Promise<boolean> {
    const { applied, sending } = await this.#ports.changes.apply(await decide(this.#record))
    if (!applied || sending === undefined) {
      this.stop('lease-lost')
      return false
    }
    // Ended, or paused: there is nothing left to hold.
    if (sending.status !== this.#record.status) this.#cancelTimer?.()
    this.#record = sending
    return true
  }

  #arm(): void {
    const { clock, leaseMs } = this.#ports
    const leftMs = (this.#record.wakeAt ?? 0) - clock.now()
    const beatMs = Math.max(Math.min(leaseMs / 3, leftMs), leaseMs / 30)
    this.#cancelTimer = clock.setTimer(beatMs, () => void this.#beat())
  }

  async #beat(): Promise<void> {
    const { status } = this.#record
    // A beat that the storage did not take is made up for by the next.
    await this.change(this.#ports.onBeat).catch(() => undefined)
    if (this.#record.status !== status) this.stop('closed')
    else if (!this.signal.aborted) this.#arm()
  }
}
