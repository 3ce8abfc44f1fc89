import type { IngestUser } from '../model/user.js'
import type { MaybePromise } from '../storage/storage.js'

/** May this recipient get this kind of message on this channel? */
export interface ConsentQuestion {
  readonly jobId: string
  /** The sending that owns the job, if one does. */
  readonly sendingId?: string | undefined
  readonly recipient: string
  readonly channel: string
  readonly address: string
  /** `transactional`, `promotional`, or the host's own word, as the job or sending has it. */
  readonly classification?: string | undefined
  /** As it was ingested, `preferences` included. */
  readonly user: IngestUser
}

/** `true`: yes. Otherwise no, with the code and reason that the item gets if no other channel is left. */
export type ConsentAnswer =
  | boolean
  | { readonly allowed: boolean; readonly code?: string | undefined; readonly reason?: string | undefined }

/**
 * Says whether a recipient may be sent to: subscriptions, suppression lists. Asked right before each message. Where it says no, the recipient's next
 * channel is tried; with none left the item is `skipped`. A throw is a passing fault: the item is tried again.
 */
export type ConsentHook = (question: ConsentQuestion) => MaybePromise<ConsentAnswer>
