import type { Counters, JobRecord } from '@broadside/core'

type Writable<T> = { -readonly [name in keyof T]: T[name] }

/** What changes of a job with nearly every call, and what jobs are filtered by. Its definition is kept apart, as `JobContent`. */
export interface JobRow extends Writable<Omit<JobRecord, 'definition' | 'prepared' | 'counters'>> {
  /** Its number, never given again. */
  readonly key: number
  readonly name?: string | undefined
  readonly tags: readonly string[]
  readonly priority: number
  readonly counters: Writable<Counters>
  /** The first `seq` that no claim has come to. */
  cursor: number
}

/** The long texts of a job, which a settle does not write. */
export type JobContent = Pick<JobRecord, 'definition' | 'prepared'>
