import type { IngestResult } from '../model/ingest.js'
import type { JobInfo } from '../model/job.js'
import type { JobProgress } from '../model/progress.js'
import type { IngestUser } from '../model/user.js'
import type { IdempotencyOptions } from './idempotency.js'
import type { IngestOptions } from './ingest-stream.js'
import type { RetryFailedOptions, UncertainDecision } from './job-commands.js'
import type { ItemsPage, ItemsQuery } from './job-queries.js'
import type { Jobs } from './jobs.js'
import type { WatchOptions } from './progress-hub.js'

export interface CancelOptions extends IdempotencyOptions {
  /** Resolves only when what was in flight has been settled too. Default false. */
  readonly wait?: boolean | undefined
}

/** Which uncertain items, and what became of them. */
export interface ResolveUncertainOptions extends IdempotencyOptions {
  /** `seq` of each item. */
  readonly seqs: readonly number[]
  /** `sent`: it went out. `resend`: send it (again), with the same `messageId`. `drop`: leave it. */
  readonly decision: UncertainDecision
}

/**
 * One job. Holds its id and nothing else: every call asks the storage, so two handles of one job, in two processes, are as good as one.
 *
 * Every method rejects with `JOB_NOT_FOUND` when the job is gone, and those that change something with `INVALID_TRANSITION` when its status
 * forbids that.
 */
export class Job {
  readonly id: string
  readonly #jobs: Jobs

  constructor(id: string, jobs: Jobs) {
    this.id = id
    this.#jobs = jobs
  }

  /** How the job stands. */
  info(): Promise<JobInfo> {
    return this.#jobs.info(this.id)
  }

  /**
   * Adds users: any number of calls, until the job is run. Good entries are in when it resolves; bad ones are told.
   *
   * Holds two batches in memory at a time, however long the stream is. When it rejects (a stream that fails, an abort, a crash), the batches taken
   * so far stay in; with an `idempotencyKey` the same call again replays those and goes on.
   */
  ingest(users: Iterable<IngestUser> | AsyncIterable<IngestUser>, options: IngestOptions = {}): Promise<IngestResult> {
    return this.#jobs.ingest(this.id, users, options)
  }

  /**
   * Sends. Resolves once that is stored, not when it is done: see {@link finished}.
   *
   * @throws BroadsideError `TEMPLATE_INVALID`, `RENDERER_MISSING`, `CHANNEL_NOT_AVAILABLE`, `TRANSPORT_NOT_FOUND`, `CONTENT_SOURCE_MISSING`, `CONTENT_NOT_FOUND`:
   * the job stays `created` then.
   */
  run(options: IdempotencyOptions = {}): Promise<JobInfo> {
    return this.#jobs.run(this.id, options)
  }

  /** Nothing new goes out from now on; what is in flight finishes and is recorded. */
  pause(options: IdempotencyOptions = {}): Promise<JobInfo> {
    return this.#jobs.pause(this.id, options)
  }

  resume(options: IdempotencyOptions = {}): Promise<JobInfo> {
    return this.#jobs.resume(this.id, options)
  }

  /** Ends the job: what has not gone out does not. Costs the same for ten items and for a million. */
  cancel(options: CancelOptions = {}): Promise<JobInfo> {
    return this.#jobs.cancel(this.id, options)
  }

  /** Takes the failed items of a completed job up again: attempts start over, `messageId` stays. */
  retryFailed(options: RetryFailedOptions = {}): Promise<JobInfo> {
    return this.#jobs.retryFailed(this.id, options)
  }

  /** Settles items that are `uncertain`. Others among `seqs` are left alone. Resolves with how many changed. */
  resolveUncertain(options: ResolveUncertainOptions): Promise<number> {
    return this.#jobs.resolveUncertain(this.id, options)
  }

  /** Removes an ended job and its items. */
  delete(): Promise<void> {
    return this.#jobs.delete(this.id)
  }

  /** A page of items, in the order in which they were ingested. Stable while the job runs. */
  items(query: ItemsQuery = {}): Promise<ItemsPage> {
    return this.#jobs.items(this.id, query)
  }

  /** How many items carry each code. */
  codes(): Promise<Readonly<Record<string, number>>> {
    return this.#jobs.codes(this.id)
  }

  /** `for await (const progress of job.watch())`: how the job stands, now and whenever that has changed, until it has ended. */
  watch(options: WatchOptions = {}): AsyncGenerator<JobProgress, void, undefined> {
    return this.#jobs.watch(this.id, options)
  }

  /** Resolves when the job has ended and nothing of it is in flight any more. */
  finished(options: WatchOptions = {}): Promise<JobInfo> {
    return this.#jobs.finished(this.id, options)
  }
}
