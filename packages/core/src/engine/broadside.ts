import { parseInput } from '../domain/input.js'
import { BroadsideError } from '../model/error.js'
import type { JobRecord } from '../storage/job-record.js'
import type { Storage } from '../storage/storage.js'
import {
  type AsyncTransaction,
  asyncTransaction,
  type SyncTransaction,
  syncTransaction,
  TransactionSteps,
} from './caller-transaction.js'
import { systemClock } from './clock.js'
import { Dispatcher } from './dispatcher.js'
import { type BroadsideEvents, type EventName, Events } from './events.js'
import { guardedStorage } from './guarded-storage.js'
import { Idempotency } from './idempotency.js'
import { randomIds } from './ids.js'
import { ingestPorts } from './ingest.js'
import { type CommandPorts, JobCommands } from './job-commands.js'
import { jobInfo } from './job-info.js'
import { JobQueries } from './job-queries.js'
import { Jobs } from './jobs.js'
import { type BroadsideOptions, tuningSchema } from './options.js'
import { Pacer } from './pacer.js'
import { ProgressHub } from './progress-hub.js'
import { ProviderGate } from './provider-gate.js'
import { ProviderRegistry } from './provider-registry.js'
import { Reaper } from './reaper.js'
import { SendWatch } from './send-watch.js'
import { tellSettled } from './settle-events.js'
import { StorageHealth } from './storage-health.js'
import { tellTransition } from './transition-events.js'

/**
 * Opens an engine on a storage and starts to send what is due.
 *
 * Close it when done: `await broadside.close()`, or `await using broadside = await createBroadside(…)`.
 *
 * @throws BroadsideError `INVALID_INPUT` for options that can't be, `STORAGE_LOCKED`, `STORAGE_SCHEMA_NEWER` or `STORAGE_FAILED` when the storage can't be opened.
 */
export async function createBroadside(options: BroadsideOptions): Promise<Broadside> {
  if (typeof options?.storage?.open !== 'function') {
    throw new BroadsideError(
      'INVALID_INPUT',
      'createBroadside needs a storage, such as sqliteStorage("app.db") of @broadside/sqlite.',
    )
  }
  const broadside = new Broadside(options)
  await broadside.open()
  return broadside
}

/** An engine: jobs, their events, and the dispatch of what is due. Made by {@link createBroadside}. */
export class Broadside {
  /** All jobs of the storage. */
  readonly jobs: Jobs
  readonly #storage: Storage
  readonly #events = new Events()
  readonly #providers: ProviderRegistry
  readonly #hub: ProgressHub
  readonly #dispatcher: Dispatcher | undefined
  readonly #closeTimeoutMs: number
  readonly #commandPorts: CommandPorts
  #stopListening: (() => void) | undefined
  #closing: Promise<void> | undefined

  /** Use {@link createBroadside}, which opens the storage too. */
  constructor(options: BroadsideOptions) {
    const { renderer, contentSource, clock = systemClock, ids = randomIds, random = Math.random } = options
    const storage = guardedStorage(options.storage)
    const tuning = parseInput(tuningSchema, options.tuning ?? {}, 'tuning')
    const providers = new ProviderRegistry(options.providers ?? [])
    const dispatch = options.dispatch ?? true
    const events = this.#events
    const pacer = new Pacer(clock)
    const { capabilities } = storage
    const pollMs = capabilities.shared && capabilities.durable ? tuning.pollMs : undefined
    const token = (): string => ids.token()
    const idempotency = new Idempotency({
      storage,
      clock,
      token,
      leaseMs: tuning.leaseMs,
      keepMs: tuning.idempotencyKeepMs,
    })

    this.#storage = storage
    this.#providers = providers
    this.#closeTimeoutMs = tuning.closeTimeoutMs
    this.#hub = new ProgressHub({ storage, clock, events, intervalMs: tuning.progressIntervalMs, pollMs })
    this.#commandPorts = {
      storage,
      clock,
      ids,
      idempotency,
      preparation: { providers, renderer, contentSource, dispatch },
      listener: {
        created: (jobId) => events.emit('job:created', { jobId }),
        changed: (event, job, completed) => this.#changed(event, job, completed),
      },
    }
    const commands = new JobCommands(this.#commandPorts)
    this.jobs = new Jobs({
      commands,
      queries: new JobQueries(storage),
      hub: this.#hub,
      ingest: { storage, clock, pacer, idempotency, ingest: ingestPorts(ids) },
      prune: { storage, clock, pacer, onDeleted: (job) => this.#changed('delete', job, false) },
      checkOpen: () => this.#checkOpen(),
    })
    if (!dispatch || providers.all.length === 0) return

    const gates = new Map(
      providers.all.map((provider) => [provider.name, new ProviderGate(provider, { clock, events })]),
    )
    const reaper = new Reaper({
      storage,
      clock,
      providers,
      random,
      onReaped: ({ jobId, started, unstarted, completed }) => {
        events.emit('lease:recovered', { jobId, started, unstarted })
        this.#hub.changed(jobId, true)
        if (completed) void this.#tellCompleted(jobId)
      },
    })
    this.#dispatcher = new Dispatcher({
      storage,
      clock,
      pacer,
      providers,
      renderer,
      random,
      reaper,
      token,
      health: new StorageHealth({ clock, events }),
      watch: new SendWatch(clock, tuning.sendTimeoutMs),
      gateOf: (name) => gateNamed(gates, name),
      leaseMs: tuning.leaseMs,
      settleDelayMs: tuning.settleDelayMs,
      settleSize: tuning.maxClaim,
      maxClaim: tuning.maxClaim,
      maxInFlight: tuning.maxInFlight,
      pollMs,
      onSettled: (report) => {
        tellSettled(report, events)
        const { completed, control } = report.result
        this.#hub.changed(report.jobId, completed || control.closedAs !== undefined)
        if (completed) void this.#tellCompleted(report.jobId)
      },
      onLeaseLost: (report) => events.emit('lease:lost', report),
      onImpossible: async (job, error) => {
        await commands.fail(job)
        events.emit('job:failed', { jobId: job.id, error })
      },
    })
  }

  /** Opens the storage and starts to send what is due. {@link createBroadside} has done it. */
  async open(): Promise<void> {
    await this.#storage.open()
    this.#stopListening = this.#storage.onWake?.(() => {
      this.#dispatcher?.wake()
      this.#hub.changedElsewhere()
    })
    this.#dispatcher?.wake()
  }

  /** Calls `listener` for every event of this name; returns the way to stop that. */
  on<Name extends EventName>(name: Name, listener: BroadsideEvents[Name]): () => void {
    return this.#events.on(name, listener)
  }

  off<Name extends EventName>(name: Name, listener: BroadsideEvents[Name]): void {
    this.#events.off(name, listener)
  }

  /**
   * Writes jobs inside the host's own transaction on `handle`, by calls that return at once: they come about when it commits.
   *
   * @throws BroadsideError `NOT_SUPPORTED` where the storage has no synchronous transactions; with Postgres use {@link within}.
   */
  withinSync(handle: unknown): SyncTransaction {
    return syncTransaction(this.#steps(handle, 'sync'))
  }

  /** As {@link withinSync}, by calls that are awaited. */
  within(handle: unknown): AsyncTransaction {
    return asyncTransaction(this.#steps(handle, 'async'))
  }

  /**
   * Claims nothing more, lets what is in flight finish (up to `closeTimeoutMs`), stores the outcomes, gives the rest back, closes providers and
   * storage, and only then resolves. Nothing is lost: another engine, or the next start, goes on. Idempotent.
   *
   * @throws BroadsideError `CLOSE_INCOMPLETE` when outcomes could not be stored; all is closed nevertheless.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    this.#stopListening?.()
    try {
      await this.#dispatcher?.stop(this.#closeTimeoutMs)
    } finally {
      this.#hub.close()
      await Promise.allSettled(this.#providers.all.map((provider) => provider.close?.()))
      await this.#storage.close()
    }
  }

  #checkOpen(): void {
    if (this.#closing !== undefined)
      throw new BroadsideError('ENGINE_CLOSED', 'This engine is closed. Open another with createBroadside.')
  }

  #steps(handle: unknown, kind: 'sync' | 'async'): TransactionSteps {
    this.#checkOpen()
    const { capabilities } = this.#storage
    if (capabilities.callerTransaction !== kind || this.#storage.within === undefined) {
      const other = kind === 'sync' ? 'within' : 'withinSync'
      const advice =
        capabilities.callerTransaction === 'none' ? 'It cannot take part in a transaction of yours.' : `Use ${other}.`
      throw new BroadsideError(
        'NOT_SUPPORTED',
        `This storage has no ${kind === 'sync' ? 'synchronous' : 'asynchronous'} caller's transactions. ${advice}`,
      )
    }
    const ports = {
      ...this.#commandPorts,
      ingest: ingestPorts(this.#commandPorts.ids),
      onEnded: (ids: ReadonlySet<string>) => void this.#lookAt(ids),
    }
    return new TransactionSteps(this.#storage.within(handle), ports)
  }

  /** The host's transaction has ended: what of it has come about? */
  async #lookAt(jobIds: ReadonlySet<string>): Promise<void> {
    if (this.#closing !== undefined) return
    this.#dispatcher?.wake()
    for (const jobId of jobIds) {
      const job = await this.#storage.getJob(jobId).catch(() => undefined)
      if (job === undefined) continue
      this.#events.emit('job:created', { jobId })
      if (job.runNo > 0) this.#changed('run', job, job.status === 'completed' && job.counters.received === 0)
      else this.#hub.changed(jobId)
    }
  }

  #changed(event: Parameters<CommandPorts['listener']['changed']>[0], job: JobRecord, completed: boolean): void {
    tellTransition({ event, job, completed }, this.#events)
    if (event === 'pause') this.#dispatcher?.halt(job.id, 'paused')
    else if (job.closedAs !== undefined) this.#dispatcher?.halt(job.id, 'closed')
    else this.#dispatcher?.wake()
    this.#hub.changed(job.id, true)
  }

  async #tellCompleted(jobId: string): Promise<void> {
    const job = await this.#storage.getJob(jobId).catch(() => undefined)
    if (job !== undefined) this.#events.emit('job:completed', { jobId, job: jobInfo(job) })
  }
}

function gateNamed(gates: ReadonlyMap<string, ProviderGate>, name: string): ProviderGate {
  const gate = gates.get(name)
  if (gate === undefined) throw new BroadsideError('TRANSPORT_NOT_FOUND', `No provider is named ${name}.`)
  return gate
}
