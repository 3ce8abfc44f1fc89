import type { SendingDefinition } from '../model/sending.js'
import type { PausableStatus, SendingStatus } from '../model/sending-status.js'

/**
 * A sending as it is stored. `definition` is JSON that the storage keeps and never looks into, but for `name`, `tags`, `sendtrigger` and
 * `message.template`, by which sendings are listed. Instants are in ms since the epoch.
 */
export interface SendingRecord {
  readonly id: string
  readonly definition: SendingDefinition
  readonly status: SendingStatus
  /** Exactly while `paused`. */
  readonly pausedFrom?: PausableStatus | undefined
  /** The job that carries its items, once there is one. */
  readonly jobId?: string | undefined
  readonly createdAt: number
  /** When its schedule was resolved. */
  readonly scheduledAt?: number | undefined
  /** When its first items can go out. */
  readonly dueAt?: number | undefined
  /** When preparing began. */
  readonly startedAt?: number | undefined
  readonly finishedAt?: number | undefined
  /** Why it failed. */
  readonly reason?: string | undefined
  /**
   * From this instant on an engine has something to do for it. Whoever takes that up puts it off by a lease in a change of its own: of
   * several engines one succeeds, and when that one dies, it is due again.
   */
  readonly wakeAt?: number | undefined
  /** Text that core keeps with the sending (its waves, its progress, its champion); opaque to the storage. */
  readonly state: string
  /** 1 when it is created, one more with every change. */
  readonly version: number
}

/** Which sendings a list shows. Of the instants, the lower bound belongs to the range, the upper does not. */
export interface SendingFilter {
  /** Sendings in one of these; an empty list lets none through. */
  readonly statuses?: readonly SendingStatus[] | undefined
  /** Sendings that carry every one of these tags; an empty list lets all through. */
  readonly tags?: readonly string[] | undefined
  readonly name?: string | undefined
  /** Sendings whose `sendtrigger` is one of these; an empty list lets none through. */
  readonly triggers?: readonly string[] | undefined
  /** Sendings whose message refers to this template. */
  readonly template?: string | undefined
  readonly createdFrom?: number | undefined
  readonly createdBefore?: number | undefined
  /** Sendings that have a `dueAt`, and in this range. */
  readonly dueFrom?: number | undefined
  readonly dueBefore?: number | undefined
  /** Terminal sendings (`isTerminalSending`) that finished before this instant. */
  readonly finishedBefore?: number | undefined
}

/**
 * What a list of sendings is sorted by: then by `id`. Ascending, one without a `dueAt` or a `name` stands before all that have one, and texts
 * (ids too) are in the order of their code points. Descending is the exact reverse.
 */
export type SendingSortKey = 'createdAt' | 'dueAt' | 'name'
export type SortDirection = 'asc' | 'desc'
