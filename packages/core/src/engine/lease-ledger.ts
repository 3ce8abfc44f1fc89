import { isBroadsideError } from '../model/error.js'
import type { ClaimedItem } from '../storage/item-record.js'
import type { JobControl } from '../storage/job-record.js'
import type { Claim, ExtendResult } from '../storage/lease.js'
import type { Settlement, SettleResult } from '../storage/settlement.js'
import type { Storage } from '../storage/storage.js'
import type { Clock } from './clock.js'
import { type StopReason, stopReasonOf } from './stop-reason.js'
import type { StorageHealth } from './storage-health.js'

export interface LedgerPorts {
  readonly storage: Storage
  readonly clock: Clock
  readonly health: StorageHealth
  readonly leaseMs: number
  /** Outcomes wait this long for company before they are written together. */
  readonly settleDelayMs: number
  readonly settleSize: number
  readonly onSettled: (report: SettleReport) => void
  /** In a closed job this may have been the last that was in flight. */
  readonly onGivenBack: (report: { readonly jobId: string; readonly control: JobControl }) => void
  readonly onLeaseLost: (report: { readonly jobId: string; readonly inFlight: number }) => void
}

/** What one write to storage brought about. */
export interface SettleReport {
  readonly jobId: string
  readonly entries: readonly LedgerEntry[]
  readonly result: SettleResult
}

export interface LedgerEntry {
  readonly settlement: Settlement
  readonly item: ClaimedItem
}

export interface LedgerParams {
  readonly claim: Claim
  readonly leaseUntil: number
  /** How many items that nobody has taken yet to mark as started. */
  readonly startAhead: () => number
  readonly onStop: (reason: StopReason) => void
}

/**
 * The books of one lease: outcomes on their way to storage, how far items count as started, when the lease ends. One write is under way at a time;
 * what comes up meanwhile goes with the next.
 */
export class LeaseLedger {
  readonly #params: LedgerParams
  readonly #ports: LedgerPorts
  readonly #waiting: (() => void)[] = []
  /** By index: 1 for an item that a lane has taken, or whose outcome is known. */
  readonly #taken: Uint8Array
  /** No item before this index is untaken. */
  #firstUntaken = 0
  #entries: LedgerEntry[] = []
  #open: number
  #settled = 0
  #leaseUntil: number
  #startedThrough: number
  #isLost = false
  #isAbandoned = false
  #fault: unknown
  #isReleased = false
  #syncing: Promise<void> | undefined
  #cancelSettleTimer: (() => void) | undefined
  #cancelExtendTimer: (() => void) | undefined

  constructor(params: LedgerParams, ports: LedgerPorts) {
    this.#params = params
    this.#ports = ports
    this.#open = params.claim.items.length
    this.#taken = new Uint8Array(this.#open)
    this.#startedThrough = params.claim.startedThrough
    this.#leaseUntil = params.leaseUntil
    this.#armExtension()
  }

  /** A lane has taken these items: they start next. True when storage knows that, and the lease has not run out. */
  take(seqs: readonly number[]): boolean {
    for (const seq of seqs) this.#taken[indexOfSeq(this.#params.claim.items, seq)] = 1
    if (this.#waiting.length > 0) this.#advance()
    return seqs.every((seq) => this.#mayStart(seq))
  }

  /** Resolves once `seq` may start, or once nothing may any more. */
  async start(seq: number): Promise<void> {
    while (!this.#mayStart(seq) && !this.#isReleased) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve)
        this.#advance()
      })
    }
  }

  /** Puts the end of the lease off if it has come: after the host slept, before anybody takes the lease for dead. */
  async keep(): Promise<void> {
    while (this.#isExpired && this.#open > 0 && !this.#isLost && this.#fault === undefined) {
      this.#requestSync()
      await this.#syncing
    }
  }

  /** Takes down what became of an item. */
  record(settlement: Settlement, item: ClaimedItem): void {
    this.#taken[indexOfSeq(this.#params.claim.items, item.seq)] = 1
    this.#entries.push({ settlement, item })
    if (this.#entries.length >= this.#ports.settleSize) this.#requestSync()
    else this.#armSettle()
  }

  /** Lets go of everybody who waits to start. */
  release(): void {
    this.#isReleased = true
    this.#wakeWaiting()
  }

  abandon(): void {
    this.#isAbandoned = true
  }

  /** Writes what is left and gives back what was not started; resolves with how many items were settled. Rejects when abandoned. */
  async finish(notBefore: number | undefined): Promise<number> {
    try {
      while (this.#syncing !== undefined || (this.#entries.length > 0 && this.#fault === undefined)) {
        this.#requestSync()
        await this.#syncing
      }
      if (this.#open > 0 && !this.#isLost && this.#fault === undefined)
        await this.#giveBack(notBefore).catch((error) => this.#fail(error))
      // Outcomes that could not be written were not given back either: their items may have gone out.
      if (this.#fault !== undefined) throw this.#fault
      return this.#settled
    } finally {
      this.#cancelSettleTimer?.()
      this.#cancelExtendTimer?.()
    }
  }

  #requestSync(): void {
    if (this.#syncing !== undefined || this.#fault !== undefined) return
    this.#cancelSettleTimer?.()
    this.#cancelSettleTimer = undefined
    this.#syncing = this.#sync()
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#syncing = undefined
        if (this.#entries.length > 0) this.#armSettle()
        this.#armExtension()
        this.#wakeWaiting()
      })
  }

  #fail(error: unknown): void {
    // The job has been deleted, so the lease had ended long before: there is nothing left to write to.
    if (isBroadsideError(error, 'JOB_NOT_FOUND')) {
      this.#lose()
      return
    }
    this.#fault = error
    this.#params.onStop('shutdown')
  }

  async #sync(): Promise<void> {
    const entries = this.#entries
    this.#entries = []
    const startedThrough = this.#nextMark()
    if (entries.length > 0) await this.#settle(entries, startedThrough)
    if (this.#open > 0 && !this.#isLost && (entries.length === 0 || this.#isExtensionDue))
      await this.#extend(startedThrough)
  }

  /**
   * How far items may count as started: past at most `startAhead` that no lane has taken yet, so that the next need not ask, and a crash
   * puts few in doubt that never started.
   */
  #nextMark(): number | undefined {
    const { items } = this.#params.claim
    while (this.#taken[this.#firstUntaken] === 1) this.#firstUntaken += 1
    if (this.#isReleased) return undefined
    let index = this.#firstUntaken
    for (let ahead = this.#params.startAhead(); index < items.length; index++) {
      if (this.#taken[index] === 0 && --ahead < 0) break
    }
    const mark = items[index - 1]?.seq ?? -1
    return mark > this.#startedThrough ? mark : undefined
  }

  #mayStart(seq: number): boolean {
    return seq <= this.#startedThrough && !this.#isExpired
  }

  get #isExpired(): boolean {
    return this.#ports.clock.now() >= this.#leaseUntil
  }

  /** Writes a new mark or lease end, if there is one to write. Otherwise those who wait are woken when an item before theirs is taken. */
  #advance(): void {
    if (this.#isExpired || this.#nextMark() !== undefined) this.#requestSync()
  }

  async #settle(entries: readonly LedgerEntry[], startedThrough: number | undefined): Promise<void> {
    const { jobId, token } = this.#params.claim
    const settlements = entries.map((entry) => entry.settlement)
    const result = await this.#insist(() =>
      this.#ports.storage.settle({ jobId, token, now: this.#ports.clock.now(), settlements, startedThrough }),
    )
    this.#open -= entries.length
    this.#settled += entries.length
    this.#learn(result, startedThrough)
    this.#ports.onSettled({ jobId, entries, result })
  }

  async #extend(startedThrough: number | undefined): Promise<void> {
    const { jobId, token } = this.#params.claim
    const now = this.#ports.clock.now()
    const leaseUntil = now + this.#ports.leaseMs
    const result = await this.#insist(() =>
      this.#ports.storage.extend({ jobId, token, now, leaseUntil, startedThrough }),
    )
    if (result.held) this.#leaseUntil = leaseUntil
    this.#learn(result, startedThrough)
  }

  async #giveBack(notBefore: number | undefined): Promise<void> {
    const { jobId, token } = this.#params.claim
    const { control } = await this.#insist(() =>
      this.#ports.storage.giveBack({ jobId, token, now: this.#ports.clock.now(), notBefore }),
    )
    this.#ports.onGivenBack({ jobId, control })
  }

  #insist<T>(call: () => Promise<T>): Promise<T> {
    return this.#ports.health.insist(
      call,
      (error) =>
        this.#isAbandoned || isBroadsideError(error, 'STORAGE_CLOSED') || isBroadsideError(error, 'JOB_NOT_FOUND'),
    )
  }

  #learn(answer: ExtendResult, startedThrough: number | undefined): void {
    if (answer.held) this.#startedThrough = Math.max(this.#startedThrough, startedThrough ?? -1)
    else if (this.#open > 0) this.#lose()
    const reason = stopReasonOf(answer.control)
    if (reason !== undefined) this.#params.onStop(reason)
  }

  #lose(): void {
    if (this.#isLost) return
    this.#isLost = true
    this.#ports.onLeaseLost({ jobId: this.#params.claim.jobId, inFlight: this.#open })
    this.#params.onStop('lease-lost')
  }

  get #isExtensionDue(): boolean {
    return this.#leaseUntil - this.#ports.clock.now() <= (this.#ports.leaseMs * 2) / 3
  }

  #armExtension(): void {
    this.#cancelExtendTimer?.()
    if (this.#open === 0 || this.#isLost || this.#fault !== undefined) return
    const dueInMs = this.#leaseUntil - this.#ports.clock.now() - (this.#ports.leaseMs * 2) / 3
    this.#cancelExtendTimer = this.#ports.clock.setTimer(Math.max(dueInMs, 0), () => this.#requestSync())
  }

  #armSettle(): void {
    if (this.#cancelSettleTimer !== undefined || this.#syncing !== undefined || this.#fault !== undefined) return
    this.#cancelSettleTimer = this.#ports.clock.setTimer(this.#ports.settleDelayMs, () => this.#requestSync())
  }

  #wakeWaiting(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }
}

/** The index of the item with `seq`, or of the last before it. Items are in the order of `seq`. */
function indexOfSeq(items: readonly ClaimedItem[], seq: number): number {
  let low = 0
  let high = items.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((items[middle]?.seq ?? 0) <= seq) low = middle
    else high = middle - 1
  }
  return low
}
