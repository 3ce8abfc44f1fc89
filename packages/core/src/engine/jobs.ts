import * as z from 'zod'
import { parseInput } from '../domain/input.js'
import type { IngestResult } from '../model/ingest.js'
import type { JobInfo, JobInput } from '../model/job.js'
import type { JobProgress } from '../model/progress.js'
import type { IdempotencyOptions } from './idempotency.js'
import { type IngestOptions, type IngestStreamPorts, ingestAll } from './ingest-stream.js'
import { type CancelOptions, Job, type ResolveUncertainOptions } from './job.js'
import { type JobCommands, jobNotFound, type RetryFailedOptions } from './job-commands.js'
import type { ItemsPage, ItemsQuery, JobQueries, JobsPage, JobsQuery } from './job-queries.js'
import type { ProgressHub, WatchOptions } from './progress-hub.js'
import { type PruneOptions, type PrunePorts, type PruneResult, prune } from './pruning.js'

export interface JobsPorts {
  readonly commands: JobCommands
  readonly queries: JobQueries
  readonly hub: ProgressHub
  readonly ingest: IngestStreamPorts
  readonly prune: PrunePorts
  /** Throws once the engine is closed. */
  readonly checkOpen: () => void
}

export const resolveSchema = z.strictObject({
  seqs: z.array(z.int().min(0)),
  decision: z.enum(['sent', 'resend', 'drop']),
  idempotencyKey: z.string().optional(),
})

const createSchema = z.strictObject({ idempotencyKey: z.unknown().optional() })

/** All jobs of a storage. */
export class Jobs {
  readonly #ports: JobsPorts

  constructor(ports: JobsPorts) {
    this.#ports = ports
  }

  /**
   * Defines a job. Users are ingested next, then it is run.
   *
   * @throws BroadsideError `INVALID_INPUT` with the path of every bad field; nothing is stored then.
   */
  async create(input: JobInput, options: IdempotencyOptions = {}): Promise<Job> {
    this.#ports.checkOpen()
    // A word that is not known, in place of the key, would have it made twice.
    parseInput(createSchema, options, 'The argument of create')
    return new Job(await this.#ports.commands.create(input, options), this)
  }

  /** A job that exists. @throws BroadsideError `JOB_NOT_FOUND`. */
  async get(jobId: string): Promise<Job> {
    await this.info(jobId)
    return new Job(jobId, this)
  }

  /** A page of jobs, newest first. */
  async list(query: JobsQuery = {}): Promise<JobsPage> {
    this.#ports.checkOpen()
    return this.#ports.queries.list(query)
  }

  /**
   * Removes jobs that ended before `finishedBefore`, with their items, and idempotency keys that are not kept any longer. Works in bounded
   * steps; stopped at any moment, the next call goes on.
   */
  async prune(options: PruneOptions = {}): Promise<PruneResult> {
    this.#ports.checkOpen()
    return prune(options, this.#ports.prune)
  }

  async info(jobId: string): Promise<JobInfo> {
    this.#ports.checkOpen()
    if (typeof jobId !== 'string') throw jobNotFound(String(jobId))
    return this.#ports.queries.get(jobId)
  }

  async ingest(jobId: string, users: unknown, options: IngestOptions): Promise<IngestResult> {
    this.#ports.checkOpen()
    await this.#ports.commands.loadForIngest(jobId)
    const result = await ingestAll(jobId, users, options, this.#ports.ingest)
    this.#ports.hub.changed(jobId)
    return result
  }

  async run(jobId: string, options: IdempotencyOptions): Promise<JobInfo> {
    this.#ports.checkOpen()
    return this.#ports.commands.run(jobId, options)
  }

  async pause(jobId: string, options: IdempotencyOptions): Promise<JobInfo> {
    this.#ports.checkOpen()
    return this.#ports.commands.pause(jobId, options)
  }

  async resume(jobId: string, options: IdempotencyOptions): Promise<JobInfo> {
    this.#ports.checkOpen()
    return this.#ports.commands.resume(jobId, options)
  }

  async cancel(jobId: string, { wait = false, ...options }: CancelOptions): Promise<JobInfo> {
    this.#ports.checkOpen()
    const info = await this.#ports.commands.cancel(jobId, options)
    return wait ? this.#ports.hub.finished(jobId) : info
  }

  async retryFailed(jobId: string, options: RetryFailedOptions): Promise<JobInfo> {
    this.#ports.checkOpen()
    return this.#ports.commands.retryFailed(jobId, options)
  }

  async resolveUncertain(jobId: string, options: ResolveUncertainOptions): Promise<number> {
    this.#ports.checkOpen()
    return this.#ports.commands.resolveUncertain(jobId, parseInput(resolveSchema, options, 'The decision'))
  }

  async delete(jobId: string): Promise<void> {
    this.#ports.checkOpen()
    await this.#ports.commands.delete(jobId)
    await prune({}, this.#ports.prune)
  }

  async items(jobId: string, query: ItemsQuery): Promise<ItemsPage> {
    this.#ports.checkOpen()
    return this.#ports.queries.items(jobId, query)
  }

  async codes(jobId: string): Promise<Readonly<Record<string, number>>> {
    this.#ports.checkOpen()
    return this.#ports.queries.codes(jobId)
  }

  watch(jobId: string, options: WatchOptions): AsyncGenerator<JobProgress, void, undefined> {
    this.#ports.checkOpen()
    return this.#ports.hub.watch(jobId, options)
  }

  async finished(jobId: string, options: WatchOptions): Promise<JobInfo> {
    this.#ports.checkOpen()
    return this.#ports.hub.finished(jobId, options)
  }
}
