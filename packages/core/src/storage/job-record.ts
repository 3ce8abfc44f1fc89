import type { VariantChoice } from '../domain/variant-assignment.js'
import type { Counters } from '../model/counters.js'
import type { Experiment } from '../model/experiment.js'
import type { ClosingStatus } from '../model/item.js'
import type { JobDefinition, JobStatus } from '../model/job.js'
import type { Content } from '../model/message.js'

/** What the messages of a sending's job take from the sending. */
export interface PreparedSending {
  readonly trackLinks: boolean
  readonly experiments?: readonly Experiment[] | undefined
  /** Those that were picked, by experiment and variant: they come later than the rest. */
  readonly champions?: readonly VariantChoice[] | undefined
}

/** What a job's references were resolved to when it was run. Fixed from then on, but for the champions of a sending. */
export interface PreparedMessage {
  /** Absent when a provider with hosted templates receives the references themselves. */
  readonly content?: Content | undefined
  readonly contentByLocale?: Readonly<Record<string, Content>> | undefined
  /** Only of a job that a sending owns. */
  readonly sending?: PreparedSending | undefined
}

/** A job as it is first stored: status `created`, counters zero, `runNo` 0. */
export interface NewJob {
  readonly id: string
  readonly definition: JobDefinition
  /** The sending that owns it, if any. */
  readonly ownerId?: string | undefined
  readonly createdAt: number
}

/** A job as it is stored. `definition` and `prepared` are JSON that the storage keeps and never looks into, but for `name`, `tags` and `priority`. */
export interface JobRecord extends NewJob {
  readonly status: JobStatus
  readonly counters: Counters
  /** Open items covered by a live lease. */
  readonly inFlight: number
  readonly closedAs?: ClosingStatus | undefined
  /** The item code that closing gives, such as `JOB_FAILED`. */
  readonly closedCode?: string | undefined
  readonly runNo: number
  readonly ingestErrors: Readonly<Record<string, number>>
  /** Channels that an engine must carry to claim from it; set by run. */
  readonly channels: readonly string[]
  readonly prepared?: PreparedMessage | undefined
  readonly startedAt?: number | undefined
  readonly finishedAt?: number | undefined
}

/** The control state of a job, told with every answer on the hot path, so that an engine learns of pause and cancel. */
export interface JobControl {
  readonly status: JobStatus
  readonly closedAs?: ClosingStatus | undefined
  readonly pending: number
}

export interface JobFilter {
  /** Jobs in one of these; an empty list lets none through. */
  readonly statuses?: readonly JobStatus[] | undefined
  /** Jobs that carry every one of these tags; an empty list lets all through. */
  readonly tags?: readonly string[] | undefined
  readonly name?: string | undefined
  /** Instants in ms since the epoch; the lower bound belongs to the range, the upper does not. */
  readonly createdFrom?: number | undefined
  readonly createdBefore?: number | undefined
  /** Terminal jobs that finished before this instant. */
  readonly finishedBefore?: number | undefined
}
