import * as z from 'zod'
import type { Counters } from './counters.js'
import { deliveryOptionsShape } from './delivery-options.js'
import type { ClosingStatus } from './item.js'
import { messageSchema } from './message.js'

/**
 * Where a job stands; the operations between them are in `JOB_TRANSITIONS`.
 *
 * - `created`: items may be added; it never expires.
 * - `processing`: run was called; items are going out.
 * - `paused`: nothing new goes out; what was in flight finishes and is recorded.
 * - `completed`: no item is open.
 * - `cancelled`: cancelled before every item went out.
 * - `failed`: its definition turned out impossible.
 */
export type JobStatus = 'created' | 'processing' | 'paused' | 'completed' | 'cancelled' | 'failed'

export const JOB_STATUSES: readonly JobStatus[] = [
  'created',
  'processing',
  'paused',
  'completed',
  'cancelled',
  'failed',
]

/** A job as it is defined: what to send and how. Who to is ingested afterwards. */
export const jobDefinitionSchema = z.strictObject({ message: messageSchema, ...deliveryOptionsShape })

/** A job's definition with its defaults filled in. */
export type JobDefinition = z.infer<typeof jobDefinitionSchema>
/** A job's definition as the caller writes it. */
export type JobInput = z.input<typeof jobDefinitionSchema>

/** A job as the public API shows it. Instants are in ms since the epoch. */
export interface JobInfo {
  readonly id: string
  /** The sending that it carries the items of; its operations are the sending's then. */
  readonly sendingId?: string | undefined
  readonly status: JobStatus
  readonly name?: string | undefined
  readonly tags: readonly string[]
  readonly priority: number
  readonly definition: JobDefinition
  readonly counters: Counters
  /** Open items covered by a live lease: being sent right now, by this process or another. */
  readonly inFlight: number
  /** Set once the job was cancelled, expired or failed: what its open items became. */
  readonly closedAs?: ClosingStatus | undefined
  /** How often it was run: 0 before the first run, one more for each `retryFailed`. */
  readonly runNo: number
  /** Entries that ingest turned away, counted by code. */
  readonly ingestErrors: Readonly<Record<string, number>>
  readonly createdAt: number
  readonly startedAt?: number | undefined
  readonly finishedAt?: number | undefined
}
