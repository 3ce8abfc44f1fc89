import type { NewJob } from './job-record.js'
import type { Once } from './once.js'
import type { SendingFilter, SendingRecord, SendingSortKey, SortDirection } from './sending-record.js'
import type {
  CloseJobParams,
  ReviseItemsParams,
  ReviseItemsResult,
  TransitionJobParams,
  TransitionResult,
} from './storage.js'
import type { WaveDue } from './wave.js'

/**
 * Where sendings are kept, with `capabilities.sendings`. What holds for every method of {@link Storage} holds here.
 *
 * - A sending changes as a whole, and only from the `version` that the caller has read: of concurrent changes one succeeds.
 * - What a change does to the sending's job happens in the same transaction.
 * - A sending's job is the one that it names by `jobId`, and that names it by `ownerId`.
 * - **Completion**: whenever a call leaves a sending's job, `sendingAfterJob(sending, job, now)` is the sending, with a `version` one higher
 *   where that is another. So the one settle that completes the job makes its sending `transmitted`. Conformance: `sending/completion-*`.
 */
export interface SendingStorage {
  /**
   * Stores a new sending. Rejects with `STORAGE_FAILED` when its id is taken.
   *
   * Conformance: `sending/create-*`, `sending/once-*`.
   */
  createSending(params: CreateSendingParams): Promise<SendingRecord>

  /** The sending, or `undefined` if there is none or it has been deleted. Conformance: `sending/get-*`. */
  getSending(sendingId: string): Promise<SendingRecord | undefined>

  /**
   * A page of sendings in the order asked for, that starts after the place `after`, whether or not there is a sending at it.
   *
   * Conformance: `sending/list-*`.
   */
  listSendings(params: ListSendingsParams): Promise<readonly SendingRecord[]>

  /**
   * Replaces a sending that still has `sending.version`, by `sending` with a version one higher, and takes the step on its job.
   *
   * - `applied` is false when the version is another, the sending is gone, or the step on its job was not applied; nothing changed then,
   *   and `sending` is how it stands. The version is looked at first: where it is another, no step is tried.
   * - Rejects with `STORAGE_FAILED`, and has changed nothing, when a job is to be created whose id is taken.
   * - A sending that is `transmitting` then, and whose job is completed, is stored as `sendingAfterJob` says. That is one change still: the
   *   version is one higher, not two.
   * - The step counts as any other change of the job: waves that are given instants, completion, `finishedAt`.
   *
   * Conformance: `sending/change-*`, `sending/once-*`.
   */
  changeSending(params: ChangeSendingParams): Promise<SendingChange>

  /**
   * Deletes a sending that still has `version`, and its job, if there is one: from now on neither is found, and `sweep` removes the rows.
   * `applied` is false when the version is another, the sending is gone, or the job is not terminal or has items in flight; nothing
   * changed then, and `sending` is how it stands.
   *
   * Conformance: `sending/delete-*`.
   */
  deleteSending(params: DeleteSendingParams): Promise<SendingChange>

  /**
   * Up to `limit` sendings whose `wakeAt` is at or before `now`, earliest first, then by `id`.
   *
   * Conformance: `sending/due-*`.
   */
  listDueSendings(params: { readonly now: number; readonly limit: number }): Promise<DueSendings>
}

export interface CreateSendingParams {
  /** Stored as it is, with the `version` 1. */
  readonly sending: SendingRecord
  readonly once?: Once | undefined
}

export interface ListSendingsParams {
  readonly filter?: SendingFilter | undefined
  readonly sortBy: SendingSortKey
  readonly sortDir: SortDirection
  /** The place in the order that the page starts after: `value` is what it is sorted by, `undefined` for one without. */
  readonly after?: { readonly value: number | string | undefined; readonly id: string } | undefined
  readonly limit: number
}

export interface ChangeSendingParams {
  /** As it is to be; its `version` is the one that was read. */
  readonly sending: SendingRecord
  /** What happens to the job `sending.jobId` with it. */
  readonly job?: OwnedJobStep | undefined
  readonly now: number
  readonly once?: Once | undefined
}

/**
 * A step on the job that a sending owns, as the method of {@link Storage} takes it. `waves` gives instants to waves, as `addItems` does; a
 * transition may lead from a status to itself, to do no more than that or to set fields.
 */
export type OwnedJobStep =
  | { readonly type: 'create'; readonly job: NewJob }
  | ({ readonly type: 'transition'; readonly waves?: readonly WaveDue[] | undefined } & Step<TransitionJobParams>)
  | ({ readonly type: 'close' } & Step<CloseJobParams>)
  | ({ readonly type: 'revise' } & Step<ReviseItemsParams>)

type Step<Params> = Omit<Params, 'jobId' | 'now' | 'once'>

export interface SendingChange {
  readonly applied: boolean
  /** How it stands now; `undefined` when it is gone, as after it was deleted. */
  readonly sending?: SendingRecord | undefined
  /** What the step on its job answered, if it came to that; `changed` with `revise`. Never after a deletion. */
  readonly job?: (TransitionResult & Partial<Pick<ReviseItemsResult, 'changed'>>) | undefined
}

export interface DeleteSendingParams {
  readonly sendingId: string
  readonly version: number
  readonly now: number
}

export interface DueSendings {
  readonly due: readonly SendingRecord[]
  /** The next instant after `now` at which a sending is due; `undefined` when none will be by itself. */
  readonly nextAt?: number | undefined
}
