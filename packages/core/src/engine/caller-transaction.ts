import type { IngestPorts } from '../domain/ingest-plan.js'
import { refusedTransition, refuseIfOwned } from '../domain/job-transition.js'
import { BroadsideError } from '../model/error.js'
import type { IngestResult } from '../model/ingest.js'
import type { JobInput } from '../model/job.js'
import type { IngestUser } from '../model/user.js'
import type { CallerTransaction } from '../storage/storage.js'
import { countErrors, planBatch, storeBatch } from './ingest.js'
import { type CommandPorts, jobNotFound, newJob, startOf } from './job-commands.js'
import { runAsync, runSync, type Steps, wait } from './maybe-async.js'

/** Jobs written in the host's own transaction, with calls that return at once (SQLite). */
export interface SyncTransaction {
  /** Defines a job; returns its id. */
  createJob(input: JobInput): string
  /** Adds users. Bad entries are told, the rest are in when the transaction commits. */
  ingest(jobId: string, users: readonly IngestUser[]): IngestResult
  /** Sends, once the transaction has committed. */
  run(jobId: string): void
}

/** Jobs written in the host's own transaction, with calls that are awaited (Postgres). */
export interface AsyncTransaction {
  createJob(input: JobInput): Promise<string>
  ingest(jobId: string, users: readonly IngestUser[]): Promise<IngestResult>
  run(jobId: string): Promise<void>
}

export interface CallerTransactionPorts extends Pick<CommandPorts, 'ids' | 'clock' | 'preparation'> {
  readonly ingest: IngestPorts
  /** Jobs that were written: whether they are there is known only when the transaction has ended. */
  readonly onEnded: (written: WrittenJobs) => void
}

/** The jobs that a transaction wrote to. */
export interface WrittenJobs {
  readonly created: ReadonlySet<string>
  readonly touched: ReadonlySet<string>
}

/** The operations of a host's transaction, as steps that run synchronously or not, as the storage does. */
export class TransactionSteps {
  readonly #writes: CallerTransaction
  readonly #ports: CallerTransactionPorts
  readonly #created = new Set<string>()
  readonly #touched = new Set<string>()

  constructor(writes: CallerTransaction, ports: CallerTransactionPorts) {
    this.#writes = writes
    this.#ports = ports
  }

  *createJob(input: JobInput): Steps<string> {
    const job = newJob(input, this.#ports)
    yield* wait(this.#writes.createJob({ job }))
    this.#created.add(job.id)
    this.#touch(job.id)
    return job.id
  }

  *ingest(jobId: string, users: readonly IngestUser[]): Steps<IngestResult> {
    if (!Array.isArray(users))
      throw new BroadsideError('INVALID_INPUT', 'Inside a transaction, ingest takes an array of users.')
    const job = yield* wait(this.#writes.getJob(jobId))
    if (job === undefined) throw jobNotFound(jobId)
    refuseIfOwned(job, 'ingest')
    const addItems = this.#writes.addItems.bind(this.#writes)
    const planned = yield* planBatch({ jobId, entries: users, firstIndex: 0 }, { ingest: this.#ports.ingest })
    const { added, errors } = yield* storeBatch(planned, addItems)
    this.#touch(jobId)
    return { total: added, errors, errorCounts: countErrors(errors) }
  }

  *run(jobId: string): Steps<void> {
    const job = yield* wait(this.#writes.getJob(jobId))
    if (job === undefined) throw jobNotFound(jobId)
    refuseIfOwned(job, 'run')
    const params = yield* startOf(job, this.#ports)
    const { applied, job: now } = yield* wait(this.#writes.transitionJob(params))
    if (!applied) throw refusedTransition(now ?? job, 'run')
    this.#touch(jobId)
  }

  #touch(jobId: string): void {
    const isFirst = this.#touched.size === 0
    this.#touched.add(jobId)
    if (isFirst)
      void this.#writes.ended().then(() => this.#ports.onEnded({ created: this.#created, touched: this.#touched }))
  }
}

export function syncTransaction(steps: TransactionSteps): SyncTransaction {
  return {
    createJob: (input) => runSync(steps.createJob(input)),
    ingest: (jobId, users) => runSync(steps.ingest(jobId, users)),
    run: (jobId) => runSync(steps.run(jobId)),
  }
}

export function asyncTransaction(steps: TransactionSteps): AsyncTransaction {
  return {
    createJob: (input) => runAsync(steps.createJob(input)),
    ingest: (jobId, users) => runAsync(steps.ingest(jobId, users)),
    run: (jobId) => runAsync(steps.run(jobId)),
  }
}
