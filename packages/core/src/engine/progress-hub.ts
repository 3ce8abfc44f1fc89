import { BroadsideError } from '../model/error.js'
import type { JobInfo } from '../model/job.js'
import type { JobProgress } from '../model/progress.js'
import type { JobRecord } from '../storage/job-record.js'
import type { Storage } from '../storage/storage.js'
import type { ChangeFeed } from './change-feed.js'
import type { Clock } from './clock.js'
import type { Events } from './events.js'
import { isAtRest, jobInfo, jobProgress } from './job-info.js'

export interface ProgressPorts {
  readonly storage: Storage
  readonly clock: Clock
  readonly events: Events
  readonly intervalMs: number
  readonly feed: ChangeFeed
}

export interface WatchOptions {
  /** Ends the watch. */
  readonly signal?: AbortSignal | undefined
  /** At most one progress in this time, in ms; the first and the last come at once. Default: the engine's `progressIntervalMs`. */
  readonly intervalMs?: number | undefined
}

/** Tells how jobs come along, to `watch` and to `job:progress`. */
export class ProgressHub {
  readonly #ports: ProgressPorts
  readonly #emitting = new Set<string>()
  #isClosed = false

  constructor(ports: ProgressPorts) {
    this.#ports = ports
  }

  /** A job has changed; `isFinal` when it may have come to rest. */
  changed(jobId: string, isFinal = false): void {
    this.#ports.feed.changed(jobId, isFinal)
    if (this.#ports.events.isHeard('job:progress')) this.#emitSoon(jobId, isFinal)
  }

  /** Something may have changed, nobody knows what. */
  changedElsewhere(): void {
    this.#ports.feed.changedElsewhere()
  }

  close(): void {
    this.#isClosed = true
    this.changedElsewhere()
  }

  /** Yields how the job stands, now and whenever it has changed, until it is at rest. */
  async *watch(jobId: string, options: WatchOptions = {}): AsyncGenerator<JobProgress, void, undefined> {
    for await (const record of this.#records(jobId, options)) yield jobProgress(record)
  }

  /** Resolves when the job has ended and nothing of it is in flight. */
  async finished(jobId: string, options: WatchOptions = {}): Promise<JobInfo> {
    for await (const record of this.#records(jobId, options)) {
      if (isAtRest(record)) return jobInfo(record)
    }
    throw new BroadsideError('ABORTED', `Waiting for job ${jobId} was given up.`, { jobId })
  }

  async *#records(
    jobId: string,
    { signal, intervalMs = this.#ports.intervalMs }: WatchOptions,
  ): AsyncGenerator<JobRecord, void, undefined> {
    const change = this.#ports.feed.subscribe({ watches: (id) => id === jobId, signal })
    try {
      while (!signal?.aborted) {
        change.reset()
        const record = await this.#ports.storage.getJob(jobId)
        if (record === undefined)
          throw new BroadsideError('JOB_NOT_FOUND', `Job ${jobId} does not exist (any more).`, { jobId })
        yield record
        if (isAtRest(record)) return
        if (this.#isClosed)
          throw new BroadsideError('ENGINE_CLOSED', `The engine was closed before job ${jobId} had ended.`, { jobId })
        await change.wait(intervalMs)
      }
    } finally {
      change.unsubscribe()
    }
  }

  #emitSoon(jobId: string, isFinal: boolean): void {
    if (isFinal) void this.#emit(jobId)
    else if (!this.#emitting.has(jobId)) {
      this.#emitting.add(jobId)
      this.#ports.clock.setTimer(this.#ports.intervalMs, () => {
        this.#emitting.delete(jobId)
        void this.#emit(jobId)
      })
    }
  }

  async #emit(jobId: string): Promise<void> {
    if (this.#isClosed) return
    // Trouble with the storage is told by whoever has work to do there.
    const record = await this.#ports.storage.getJob(jobId).catch(() => undefined)
    if (record !== undefined) this.#ports.events.emit('job:progress', jobProgress(record))
  }
}
