import type { ClosingStatus, ItemStatus } from '../model/item.js'
import type { JobStatus } from '../model/job.js'
import type { StorageCapabilities } from './capabilities.js'
import type { ClaimedItem, ItemRecord, NewItem } from './item-record.js'
import type { JobControl, JobFilter, JobRecord, NewJob, PreparedMessage } from './job-record.js'
import type {
  Claim,
  ClaimableList,
  ClaimParams,
  ExtendParams,
  ExtendResult,
  GiveBackParams,
  ReapedLease,
} from './lease.js'
import type { Once, StoredAnswer } from './once.js'
import type { SendingStorage } from './sending-storage.js'
import type { Settlement, SettleParams, SettleResult } from './settlement.js'
import type { WaveDue } from './wave.js'

/**
 * Where jobs and items are kept. An adapter *keeps and guards*; it never chooses a next state: those come from core as
 * arguments, or from core's pure functions.
 *
 * What holds for every method:
 * - **Atomic.** A call happens as a whole or, when it rejects, not at all. Concurrent calls have the effect of some order.
 *   Conformance: `interrupted/*`.
 * - **Durable** before it resolves, where `capabilities.durable` says so. Conformance: `durable/*`.
 * - **Shared** by any number of engines, where `capabilities.shared` says so: callers of all of them count as concurrent callers,
 *   and what one was answered the others read at once. Conformance: `shared/*`, `processes/*`.
 * - **Reads no clock.** Instants are arguments, in ms since the epoch.
 * - **Counters** of a job always add up (`received` is the sum of the rest), and always equal what `listItems` reads.
 *   Conformance: `counters/*`.
 * - **Completion**: whenever a call leaves a job, `statusAfterChange(status, pending)` is its status. The one call that
 *   turns it into `completed` sets `finishedAt` and says so in its answer. Conformance: `completion/*`.
 * - `finishedAt` is there exactly while the job is terminal: closing and completion set it, taking the job up again clears it.
 * - **Cost** follows the items of the call, not the size of the job, save where said otherwise. Conformance: `work/*`.
 * - An unknown job is `undefined` or, where items are concerned, `JOB_NOT_FOUND`.
 * - A fault of the store rejects with `STORAGE_FAILED` and its `cause`; the engine calls again. One that has let go of what
 *   `open` took rejects with `STORAGE_CLOSED`.
 * - **Texts** (ids, identities, tokens, codes, keys) are any text, compared exactly. What goes in and what comes out are copies.
 * - **Waves**: without `capabilities.sendings` there is wave 0 alone, `into` and `also` are not given, and nobody asks for a due instant.
 */
export interface Storage {
  readonly capabilities: StorageCapabilities

  /** Where sendings are kept. With `capabilities.sendings`. */
  readonly sendings?: SendingStorage | undefined

  /**
   * Makes the storage ready (connects, migrates, takes its lock). Called once before any other method.
   *
   * Conformance: `lifecycle/*`.
   */
  open(): Promise<void>

  /**
   * Finishes the calls under way and lets go of what `open` took; what the user passed in stays open. Idempotent.
   *
   * Conformance: `lifecycle/*`.
   */
  close(): Promise<void>

  /**
   * Stores a new job in status `created`. Rejects with `STORAGE_FAILED` when its id is taken.
   *
   * Conformance: `create/*`, `once/*`.
   */
  createJob(params: CreateJobParams): Promise<JobRecord>

  /** The job, or `undefined` if there is none or it has been deleted. Conformance: `create/*`, `delete/*`. */
  getJob(jobId: string): Promise<JobRecord | undefined>

  /**
   * A page of jobs, newest first (`createdAt`, then `id`, both descending), that starts after the place of the job
   * `after`, whether or not that one is still there.
   *
   * Conformance: `list-jobs/*`.
   */
  listJobs(params: ListJobsParams): Promise<readonly JobRecord[]>

  /**
   * Adds items to a job, in their order.
   *
   * - Locks the job first and checks that its status is one of `into`; otherwise `added` is 0 and `refused` is its status.
   * - An item of which any identity (`identity`, `also`) the job holds already, or an earlier item of the call that went in has, is left out
   *   and its index reported; none of its identities is held then.
   * - Items of a wave follow each other in their order, behind those that the wave has, wherever others of the call go. They are claimable
   *   from the wave's `dueAt` on, as this call gives it; where it gives none, as those of the wave that nobody has claimed yet; where there
   *   are none of these, at once. A `dueAt` that is given also moves those that nobody has claimed yet: see `WaveDue`.
   * - `rejected` is added to the job's `ingestErrors`, and so are the duplicates, under `duplicateCode`.
   *
   * Conformance: `ingest/*`, `waves/*`, `once/*`.
   */
  addItems(params: AddItemsParams): Promise<AddItemsResult>

  /**
   * Moves a job from status `from` to `to` if it is still in `from`, and sets the fields of `set`. Not for closing.
   *
   * Conformance: `transition/*`, `completion/*`, `once/transition-once`.
   */
  transitionJob(params: TransitionJobParams): Promise<TransitionResult>

  /**
   * Closes a job that is still in `from`: one update, whatever its size.
   *
   * - No item can be claimed from now on.
   * - `pending - inFlight` moves to `closedAs`; every open item that no lease covers *reads* as `closedAs` (with `code`, where
   *   given) at once, in pages, filters and counts, whether or not its row has been rewritten.
   * - An item that reads as closed carries `code` and no other; what else an earlier attempt left on it may show or not.
   * - Items in flight stay `pending` until their lease ends: settled as sent, rejected or uncertain they become that; settled as
   *   `pending`, given back, or unstarted when reaped, they become `closedAs`.
   *
   * Conformance: `close/*`, `once/close-once`.
   */
  closeJob(params: CloseJobParams): Promise<TransitionResult>

  /**
   * Which jobs have something to claim at `now`: `processing`, all their channels among `channels`, and an unclaimed range
   * or due retries that nobody holds. Each wave with something to claim is listed by itself.
   *
   * Conformance: `claim/list-*`, `waves/*`.
   */
  listClaimable(params: ListClaimableParams): Promise<ClaimableList>

  /**
   * Claims up to `limit` items that are due at `now` and returns them with one new lease; `undefined` when none is due or the
   * job is not `processing`.
   *
   * - Of any number of concurrent callers, one receives a given item.
   * - `range` takes one contiguous run of items of `wave` that have never been settled, lowest `seq` first, without writing them. It never
   *   reaches into another wave, and nor does what is given back or reaped of it.
   * - `retries` takes those whose `nextAttemptAt` is due, earliest first, of all waves.
   * - A range that came back from a reaped lease is handed out in pieces of at most half the items that lease was handed out with
   *   (`max(1, floor(n / 2))`); given back, such a piece keeps its bound.
   * - Adds the number of items to `inFlight`.
   *
   * Conformance: `claim/*`, `waves/*`.
   */
  claim(params: ClaimParams): Promise<Claim | undefined>

  /**
   * Settles items under the lease `token`. The first outcome of an item wins.
   *
   * - Compares the *token* and nothing else: neither the worker nor the lease's end. A settle after the end is accepted as long as
   *   nobody has claimed the item since, even when a reap has ended the lease.
   * - Every settled item leaves its lease, a retry (`to: 'pending'`) included; a lease without open items is gone.
   * - In a closed job an open item that no lease covers counts as settled: a late settle of it is `stale`.
   * - An `uncertain` item keeps the token it had: a late settle with that token resolves it (but not to `pending` or `uncertain`).
   * - A settlement replaces every field it speaks of, `trail` included. An unknown `seq` is `stale`.
   * - `already` is due to the token that settled the item itself, while nobody has claimed or revised the item since.
   * - Counters change in the same transaction, by one update.
   *
   * Conformance: `settle/*`, `completion/*`, `counters/*`.
   */
  settle(params: SettleParams): Promise<SettleResult>

  /**
   * Puts off the end of a lease and marks items as started. Fenced by the token; a lease that is past its end but not reaped is held still.
   *
   * Conformance: `extend/*`.
   */
  extend(params: ExtendParams): Promise<ExtendResult>

  /**
   * Ends a lease and makes its open items claimable again, from `notBefore` on, as if they had never been claimed; in a closed job
   * they take its closing status. Writes no item of a range; retries show the later of their `nextAttemptAt` and `notBefore`. Not held:
   * does nothing, and `held` is false.
   *
   * Conformance: `give-back/*`.
   */
  giveBack(params: GiveBackParams): Promise<ExtendResult>

  /**
   * Ends up to `limit` leases whose end is at or before `expiredAt`, in the order of their ends.
   *
   * - Open items that had not started (`seq` beyond `startedThrough`) are claimable again at once, in halving pieces: see `claim`. When
   *   such a piece is down to a single item, the item counts as started, so that one that kills its process is found out.
   * - For each open item that had started, `decide` is called in the transaction (it is pure and quick) and its settlement is applied.
   *
   * Conformance: `reap/*`, `completion/by-a-reap`.
   */
  reap(params: ReapParams): Promise<readonly ReapedLease[]>

  /**
   * Takes settled items up again, or settles `uncertain` ones: every item whose status is among `statuses` (and whose `seq` is among `seqs`,
   * where given) becomes `to`, and the job moves to `jobTo` if that is given and at least one item changed.
   *
   * - Refused (`applied: false`) when the job's status is not `from`.
   * - Open items are never among them.
   * - `to: 'pending'` makes them claimable from `now` on, with no attempts and no trail; `messageId` stays. From here on no earlier
   *   token is heard.
   * - Otherwise `code` and `reason` are replaced by those given (none for `enqueued`); attempts and trail stay.
   * - Cost follows the number of items changed.
   *
   * Conformance: `revise/*`, `completion/by-a-revision`, `once/revise-once`.
   */
  reviseItems(params: ReviseItemsParams): Promise<ReviseItemsResult>

  /**
   * A page of items by ascending `seq`, of those after `after`. Filters apply to what an item reads as.
   *
   * - May return fewer than `limit`, even none, with `next` set: the page looked at a bounded stretch. `next` absent: the end.
   * - Stable while the job runs: items never move, and none is seen twice.
   *
   * Conformance: `list-items/*`.
   */
  listItems(params: ListItemsParams): Promise<ItemPage>

  /** How many items of the job carry each code, as they read. Conformance: `counters/codes`. */
  countCodes(jobId: string): Promise<Readonly<Record<string, number>>>

  /**
   * Deletes a terminal job with nothing in flight: from now on it is not found. Its rows are removed by `sweep`.
   * `applied` is false when it is not terminal or has items in flight.
   *
   * Conformance: `delete/*`.
   */
  deleteJob(params: DeleteJobParams): Promise<TransitionResult>

  /** Removes up to `limit` rows of deleted jobs and of idempotency keys past their `keepUntil`. Conformance: `delete/*`. */
  sweep(params: SweepParams): Promise<SweepResult>

  /** The stored answer of an idempotency key that is not past its `keepUntil`. Conformance: `once/*`. */
  findOnce(params: { readonly key: string; readonly now: number }): Promise<StoredAnswer | undefined>

  /**
   * Marks a call as running: true when `key` has no mark, its mark has run out at `now`, or the mark is `token`'s own (which is then extended).
   *
   * Conformance: `once/mark-*`.
   */
  acquireMark(params: MarkParams): Promise<boolean>

  /** Takes away the mark of `key`, if it is `token`'s. Conformance: `once/mark-*`. */
  releaseMark(params: { readonly key: string; readonly token: string }): Promise<void>

  /** The storage's own time, in ms since the epoch, where engines on several hosts may disagree. Conformance: the adapter's own tests. */
  clock?(): Promise<number>

  /**
   * Calls `listener` when another engine may have changed something; returns the way to stop that. With `capabilities.wake`.
   *
   * Conformance: `wake/*`, `shared/one-engine-wakes-the-other`.
   */
  onWake?(listener: () => void): () => void

  /**
   * The writes that can happen inside the host's own transaction on `handle`. With `capabilities.callerTransaction`.
   *
   * Conformance: the adapter's own tests, which have the host's driver.
   */
  within?(handle: unknown): CallerTransaction
}

/** Writes on the host's own connection, inside its transaction: they come about when it commits, and not at all when it rolls back. */
export interface CallerTransaction {
  createJob(params: CreateJobParams): MaybePromise<JobRecord>
  getJob(jobId: string): MaybePromise<JobRecord | undefined>
  addItems(params: AddItemsParams): MaybePromise<AddItemsResult>
  transitionJob(params: TransitionJobParams): MaybePromise<TransitionResult>
  /** Resolves when the host's transaction has ended, either way. */
  ended(): Promise<void>
}

export type MaybePromise<T> = T | Promise<T>

export interface CreateJobParams {
  readonly job: NewJob
  readonly once?: Once | undefined
}

export interface ListJobsParams {
  readonly filter?: JobFilter | undefined
  readonly after?: { readonly createdAt: number; readonly id: string } | undefined
  readonly limit: number
}

export interface AddItemsParams {
  readonly jobId: string
  readonly items: readonly NewItem[]
  /** The statuses in which the job takes items, none of them terminal. Default `created` alone. */
  readonly into?: readonly JobStatus[] | undefined
  /** When waves of these items are due; a wave is named once at most. */
  readonly waves?: readonly WaveDue[] | undefined
  /** Entries that core turned away before they came here, counted by code. */
  readonly rejected?: Readonly<Record<string, number>> | undefined
  readonly duplicateCode: string
  readonly once?: Once | undefined
}

export interface AddItemsResult {
  readonly added: number
  /** Indexes into `items` of those left out as duplicates, ascending. */
  readonly duplicates: readonly number[]
  /** Set when the job's status does not allow ingest; nothing was added. */
  readonly refused?: JobStatus | undefined
  /** True when this is the stored answer of an earlier call. */
  readonly replayed?: boolean | undefined
}

export interface TransitionJobParams {
  readonly jobId: string
  readonly from: JobStatus
  readonly to: JobStatus
  readonly now: number
  readonly set?: {
    readonly runNo?: number | undefined
    readonly startedAt?: number | undefined
    readonly channels?: readonly string[] | undefined
    readonly prepared?: PreparedMessage | undefined
  }
  readonly once?: Once | undefined
}

export interface TransitionResult {
  /** False when the job was not in `from`; nothing changed then, and `job` is how it stands. */
  readonly applied: boolean
  readonly job?: JobRecord | undefined
  /** True when this call completed the job (it had no open item). */
  readonly completed: boolean
}

export interface CloseJobParams {
  readonly jobId: string
  readonly from: JobStatus
  readonly to: JobStatus
  readonly closedAs: ClosingStatus
  readonly code?: string | undefined
  readonly now: number
  readonly once?: Once | undefined
}

export interface ListClaimableParams {
  readonly now: number
  /** The channels that the asking engine carries. */
  readonly channels: readonly string[]
  readonly limit: number
}

export interface ReapParams {
  readonly now: number
  /** Leases that end at or before this instant are expired; `Infinity` ends all (after a restart of the only engine). */
  readonly expiredAt: number
  readonly limit: number
  readonly decide: (item: ClaimedItem, job: JobRecord) => Settlement
}

export interface ReviseItemsParams {
  readonly jobId: string
  readonly from: JobStatus
  readonly statuses: readonly ItemStatus[]
  /** Only these items; all where absent. */
  readonly seqs?: readonly number[] | undefined
  readonly to: 'pending' | 'enqueued' | 'error'
  /** For `error`. */
  readonly code?: string | undefined
  readonly reason?: string | undefined
  readonly jobTo?: JobStatus | undefined
  /** Set together with `jobTo`. */
  readonly runNo?: number | undefined
  readonly now: number
  readonly once?: Once | undefined
}

export interface ReviseItemsResult extends TransitionResult {
  /** How many items changed. */
  readonly changed: number
}

export interface ListItemsParams {
  readonly jobId: string
  readonly after?: number | undefined
  readonly limit: number
  /** Items that read as one of these; an empty list lets none through. */
  readonly statuses?: readonly ItemStatus[] | undefined
  /** Items that carry one of these; an empty list lets none through. */
  readonly codes?: readonly string[] | undefined
}

export interface ItemPage {
  readonly items: readonly ItemRecord[]
  /** Pass as `after` to go on: the last `seq` that was looked at. */
  readonly next?: number | undefined
}

export interface DeleteJobParams {
  readonly jobId: string
  readonly now: number
}

export interface SweepParams {
  readonly now: number
  readonly limit: number
}

export interface SweepResult {
  /** At most `limit`. Marks that have run out may be among them. */
  readonly removed: number
  /** Something is left that a sweep at the same `now` would remove; then this one has removed something. */
  readonly more: boolean
}

export interface MarkParams {
  readonly key: string
  readonly token: string
  readonly now: number
  readonly leaseUntil: number
}

export type { JobControl }
