import { BroadsideError } from '../model/error.js'
import {
  type AsyncTransaction,
  asyncTransaction,
  type SyncTransaction,
  syncTransaction,
  TransactionSteps,
  type WrittenJobs,
} from './caller-transaction.js'
import { EngineParts } from './engine-parts.js'
import type { BroadsideEvents, EventName } from './events.js'
import { ingestPorts } from './ingest.js'
import type { Jobs } from './jobs.js'
import type { BroadsideOptions } from './options.js'
import type { Sendings } from './sendings.js'

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

/** An engine: jobs, sendings, their events, and the dispatch of what is due. Made by {@link createBroadside}. */
export class Broadside {
  readonly #parts: EngineParts
  #stopListening: (() => void) | undefined
  #closing: Promise<void> | undefined

  /** Use {@link createBroadside}, which opens the storage too. */
  constructor(options: BroadsideOptions) {
    this.#parts = new EngineParts(options, () => this.#checkOpen())
  }

  /** All jobs of the storage. */
  get jobs(): Jobs {
    return this.#parts.jobs
  }

  /** All sendings of the storage. */
  get sendings(): Sendings {
    return this.#parts.sendings
  }

  /**
   * Opens the storage and starts to send what is due, from the next turn of the event loop on, so that listeners can be there first.
   * {@link createBroadside} has done it.
   */
  async open(): Promise<void> {
    const { storage, dispatcher, keeper, hub, clock } = this.#parts
    await storage.open()
    await clock.refresh().catch(async (error: unknown) => {
      await storage.close()
      throw error
    })
    this.#stopListening = storage.onWake?.(() => {
      keeper?.changed()
      dispatcher?.wake()
      hub.changedElsewhere()
    })
    void clock.yieldToHost().then(() => dispatcher?.wake())
  }

  /** Calls `listener` for every event of this name; returns the way to stop that. */
  on<Name extends EventName>(name: Name, listener: BroadsideEvents[Name]): () => void {
    return this.#parts.events.on(name, listener)
  }

  off<Name extends EventName>(name: Name, listener: BroadsideEvents[Name]): void {
    this.#parts.events.off(name, listener)
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
    const { dispatcher, hub, sendingHub, providers, storage, tuning } = this.#parts
    this.#stopListening?.()
    try {
      await dispatcher?.stop(tuning.closeTimeoutMs)
    } finally {
      hub.close()
      sendingHub.close()
      await Promise.allSettled(providers.all.map(async (provider) => provider.close?.()))
      await storage.close()
    }
  }

  #checkOpen(): void {
    if (this.#closing !== undefined)
      throw new BroadsideError('ENGINE_CLOSED', 'This engine is closed. Open another with createBroadside.')
  }

  #steps(handle: unknown, kind: 'sync' | 'async'): TransactionSteps {
    this.#checkOpen()
    const { storage, commandPorts } = this.#parts
    if (storage.capabilities.callerTransaction !== kind || storage.within === undefined) {
      throw unsupported(kind, storage.capabilities.callerTransaction)
    }
    const onEnded = (written: WrittenJobs): void => void this.#lookAt(written)
    return new TransactionSteps(storage.within(handle), {
      ...commandPorts,
      ingest: ingestPorts(commandPorts.ids),
      onEnded,
    })
  }

  /** The host's transaction has ended: what of it has come about? */
  async #lookAt({ created, touched }: WrittenJobs): Promise<void> {
    if (this.#closing !== undefined) return
    const { storage, dispatcher, events, hub } = this.#parts
    for (const jobId of touched) {
      const job = await storage.getJob(jobId).catch(() => undefined)
      if (job === undefined) continue
      if (created.has(jobId)) events.emit('job:created', { jobId })
      if (job.runNo > 0) this.#parts.announce('run', job, job.status === 'completed' && job.counters.received === 0)
      else hub.changed(jobId)
    }
    dispatcher?.wake()
  }
}

function unsupported(kind: 'sync' | 'async', offered: 'none' | 'sync' | 'async'): BroadsideError {
  const asked = kind === 'sync' ? "synchronous caller's transactions" : "asynchronous caller's transactions"
  const advice =
    offered === 'none'
      ? 'It cannot take part in a transaction of yours.'
      : `Use ${offered === 'sync' ? 'withinSync' : 'within'}.`
  return new BroadsideError('NOT_SUPPORTED', `This storage has no ${asked}. ${advice}`)
}
