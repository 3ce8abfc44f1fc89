import { parseInput } from '../domain/input.js'
import { refusedTransition, refuseIfOwned, transitionOf } from '../domain/job-transition.js'
import { JOB_TRANSITIONS, type JobEvent } from '../domain/job-transitions.js'
import { nextStatus } from '../domain/transition-table.js'
import { BroadsideError } from '../model/error.js'
import { ITEM_CODES } from '../model/item.js'
import { type JobInfo, type JobInput, jobDefinitionSchema } from '../model/job.js'
import type { JobRecord, NewJob } from '../storage/job-record.js'
import type { Once } from '../storage/once.js'
import type {
  ReviseItemsParams,
  ReviseItemsResult,
  Storage,
  TransitionJobParams,
  TransitionResult,
} from '../storage/storage.js'
import type { Clock } from './clock.js'
import type { Idempotency, IdempotencyOptions } from './idempotency.js'
import type { Ids } from './ids.js'
import { jobInfo } from './job-info.js'
import { runAsync, type Steps } from './maybe-async.js'
import { type PreparationPorts, prepareRun } from './run-preparation.js'

/** What the rest of the engine hears of changes made here. */
export interface CommandListener {
  created(jobId: string): void
  /** `event` took the job to where `job` says it is. */
  changed(event: JobEvent | 'delete', job: JobRecord, completed: boolean): void
}

export interface CommandPorts {
  readonly storage: Storage
  readonly clock: Clock
  readonly ids: Ids
  readonly idempotency: Idempotency
  readonly preparation: PreparationPorts
  readonly listener: CommandListener
}

export interface RetryFailedOptions extends IdempotencyOptions {
  /** Takes up `uncertain` items too: they may go out twice. Default false. */
  readonly includeUncertain?: boolean | undefined
}

/** What a person decided about items of unknown outcome. */
export type UncertainDecision = 'sent' | 'resend' | 'drop'

/** A change of status is decided on what was read; when another process was quicker, it is decided again. */
const DECISIONS = 5

/** The operations that change a job. Each is decided by core's table and guarded by storage. */
export class JobCommands {
  readonly #ports: CommandPorts

  constructor(ports: CommandPorts) {
    this.#ports = ports
  }

  async create(input: JobInput, { idempotencyKey }: IdempotencyOptions): Promise<string> {
    const job = newJob(input, this.#ports)
    const keyed = { operation: 'create', target: '', idempotencyKey, request: job.definition }
    const id = await this.#ports.idempotency.run(
      keyed,
      async (once) => (await this.#ports.storage.createJob({ job, once })).id,
      (answer) => (JSON.parse(answer) as JobRecord).id,
    )
    if (id === job.id) this.#ports.listener.created(id)
    else if ((await this.#ports.storage.getJob(id)) === undefined) throw jobOfKeyIsGone(id)
    return id
  }

  run(jobId: string, options: IdempotencyOptions): Promise<JobInfo> {
    return this.#transition(jobId, 'run', options, async (job, once) =>
      this.#ports.storage.transitionJob({ ...(await runAsync(startOf(job, this.#ports))), once }),
    )
  }

  pause(jobId: string, options: IdempotencyOptions): Promise<JobInfo> {
    return this.#transition(jobId, 'pause', options, (job, once) => this.#move(job, 'pause', once))
  }

  resume(jobId: string, options: IdempotencyOptions): Promise<JobInfo> {
    return this.#transition(jobId, 'resume', options, (job, once) => this.#move(job, 'resume', once))
  }

  cancel(jobId: string, options: IdempotencyOptions): Promise<JobInfo> {
    return this.#transition(jobId, 'cancel', options, (job, once) =>
      this.#ports.storage.closeJob({
        jobId,
        from: job.status,
        to: transitionOf(job, 'cancel'),
        closedAs: 'cancelled',
        now: this.#ports.clock.now(),
        once,
      }),
    )
  }

  /** Closes a job whose definition turned out impossible. Used by the engine itself, also for jobs that a sending owns. False when there was nothing to fail. */
  async fail(job: JobRecord): Promise<boolean> {
    const { storage, clock, listener } = this.#ports
    const to = nextStatus(JOB_TRANSITIONS, job.status, 'fail')
    if (to === undefined) return false // paused or ended meanwhile
    const params = {
      jobId: job.id,
      from: job.status,
      to,
      closedAs: 'error',
      code: ITEM_CODES.jobFailed,
      now: clock.now(),
    } as const
    const result = await storage.closeJob(params)
    if (result.applied && result.job !== undefined) listener.changed('fail', result.job, false)
    return result.applied
  }

  retryFailed(jobId: string, { includeUncertain = false, ...options }: RetryFailedOptions): Promise<JobInfo> {
    const statuses = includeUncertain ? (['error', 'uncertain'] as const) : (['error'] as const)
    return this.#transition(
      jobId,
      'retryFailed',
      options,
      (job, once) =>
        this.#ports.storage.reviseItems({
          jobId,
          from: job.status,
          statuses,
          to: 'pending',
          jobTo: transitionOf(job, 'retryFailed'),
          runNo: job.runNo + 1,
          now: this.#ports.clock.now(),
          once,
        }),
      statuses,
    )
  }

  /** Resolves with how many of the items were `uncertain` and are now settled or taken up again. */
  async resolveUncertain(
    jobId: string,
    params: { readonly seqs: readonly number[]; readonly decision: UncertainDecision } & IdempotencyOptions,
  ): Promise<number> {
    const { decision, seqs, idempotencyKey } = params
    const keyed = { operation: 'resolveUncertain', target: jobId, idempotencyKey, request: [decision, seqs] }
    return this.#ports.idempotency.run(
      keyed,
      async (once) => {
        const result = await this.#decide(jobId, async (job) => {
          refuseIfOwned(job, 'resolveUncertain')
          return this.#ports.storage.reviseItems(
            resolution(job, { decision, seqs, now: this.#ports.clock.now(), once }),
          )
        })
        if (result.changed > 0 && result.job !== undefined)
          this.#ports.listener.changed('retryFailed', result.job, result.completed)
        return result.changed
      },
      (answer) => (JSON.parse(answer) as ReviseItemsResult).changed,
    )
  }

  async delete(jobId: string): Promise<void> {
    const job = await this.load(jobId)
    refuseIfOwned(job, 'delete')
    const result = await this.#ports.storage.deleteJob({ jobId, now: this.#ports.clock.now() })
    if (!result.applied) throw refusedTransition(result.job ?? job, 'delete')
    this.#ports.listener.changed('delete', job, false)
  }

  /** Refuses early what storage would refuse with the first batch. */
  async loadForIngest(jobId: string): Promise<void> {
    refuseIfOwned(await this.load(jobId), 'ingest')
  }

  /** @throws BroadsideError `JOB_NOT_FOUND`. */
  async load(jobId: string): Promise<JobRecord> {
    const job = await this.#ports.storage.getJob(jobId)
    if (job === undefined) throw jobNotFound(jobId)
    return job
  }

  #move(job: JobRecord, event: 'pause' | 'resume', once: Once | undefined): Promise<TransitionResult> {
    const now = this.#ports.clock.now()
    return this.#ports.storage.transitionJob({
      jobId: job.id,
      from: job.status,
      to: transitionOf(job, event),
      now,
      once,
    })
  }

  #transition(
    jobId: string,
    event: JobEvent,
    { idempotencyKey }: IdempotencyOptions,
    change: (job: JobRecord, once: Once | undefined) => Promise<TransitionResult>,
    request: unknown = null,
  ): Promise<JobInfo> {
    return this.#ports.idempotency.run(
      { operation: event, target: jobId, idempotencyKey, request },
      async (once) => {
        const { job, completed } = await this.#decide(jobId, (current) => {
          refuseIfOwned(current, event)
          transitionOf(current, event)
          return change(current, once)
        })
        this.#ports.listener.changed(event, job, completed)
        return jobInfo(job)
      },
      (answer) => jobInfo((JSON.parse(answer) as { job: JobRecord }).job),
    )
  }

  async #decide<Result extends TransitionResult>(
    jobId: string,
    change: (job: JobRecord) => Promise<Result>,
  ): Promise<Result & { readonly job: JobRecord }> {
    for (let decision = 0; decision < DECISIONS; decision++) {
      const result = await change(await this.load(jobId))
      if (result.job === undefined) throw jobNotFound(jobId)
      if (result.applied) return { ...result, job: result.job }
    }
    throw new BroadsideError('STORAGE_FAILED', `Job ${jobId} kept changing while its change was decided. Try again.`, {
      jobId,
    })
  }
}

export function jobNotFound(jobId: string): BroadsideError {
  return new BroadsideError(
    'JOB_NOT_FOUND',
    `Job ${jobId} does not exist: check the id, it may have been deleted or pruned.`,
    { jobId },
  )
}

function jobOfKeyIsGone(jobId: string): BroadsideError {
  return new BroadsideError(
    'JOB_NOT_FOUND',
    `This idempotency key made job ${jobId}, which has been deleted since. Use a new key for a new job.`,
    { jobId },
  )
}

/** @throws BroadsideError `INVALID_INPUT`. */
export function newJob(input: JobInput, { ids, clock }: Pick<CommandPorts, 'ids' | 'clock'>): NewJob {
  const definition = parseInput(jobDefinitionSchema, input, 'The job')
  return { id: ids.jobId(), definition, createdAt: clock.now() }
}

/** Everything about a run but the storing of it. */
export function* startOf(
  job: JobRecord,
  { clock, preparation }: Pick<CommandPorts, 'clock' | 'preparation'>,
): Steps<TransitionJobParams> {
  const to = transitionOf(job, 'run')
  const { channels, prepared } = yield* prepareRun(job, preparation)
  const now = clock.now()
  return { jobId: job.id, from: job.status, to, now, set: { runNo: job.runNo + 1, startedAt: now, channels, prepared } }
}

function resolution(
  job: JobRecord,
  {
    decision,
    ...params
  }: { decision: UncertainDecision; seqs: readonly number[]; now: number; once: Once | undefined },
): ReviseItemsParams {
  const base = { jobId: job.id, from: job.status, statuses: ['uncertain'], ...params } as const
  if (decision === 'sent') return { ...base, to: 'enqueued' }
  if (decision === 'drop')
    return { ...base, to: 'error', code: ITEM_CODES.dropped, reason: 'a person decided not to send it' }
  const isOpen = job.status === 'processing' || job.status === 'paused'
  return isOpen
    ? { ...base, to: 'pending' }
    : { ...base, to: 'pending', jobTo: transitionOf(job, 'retryFailed'), runNo: job.runNo + 1 }
}
