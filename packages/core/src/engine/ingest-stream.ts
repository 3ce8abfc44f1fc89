import type { IngestPorts } from '../domain/ingest-plan.js'
import { BroadsideError, isBroadsideError } from '../model/error.js'
import type { IngestCode, IngestError, IngestProgress, IngestResult } from '../model/ingest.js'
import type { Once } from '../storage/once.js'
import type { Storage } from '../storage/storage.js'
import type { Clock } from './clock.js'
import { hashOf, type Idempotency, type IdempotencyOptions, keyReused } from './idempotency.js'
import { type BatchResult, entriesOf, type PlannedBatch, planBatch, storeBatch } from './ingest.js'
import { isThenable, runAsync } from './maybe-async.js'
import type { Pacer } from './pacer.js'

export interface IngestOptions extends IdempotencyOptions {
  /** Called after every batch. */
  readonly onProgress?: ((progress: IngestProgress) => void) | undefined
  /** Called for every entry turned away, as it happens. */
  readonly onError?: ((error: IngestError) => void) | undefined
  /** Stops between batches; what is in stays in. */
  readonly signal?: AbortSignal | undefined
  /** Entries of one transaction. Default 750: larger ones are a little faster, and keep the event loop longer. With an idempotency key, a repeat has to use the same. */
  readonly batchSize?: number | undefined
}

export interface IngestStreamPorts {
  readonly storage: Storage
  readonly clock: Clock
  readonly pacer: Pacer
  readonly idempotency: Idempotency
  readonly ingest: IngestPorts
}

const DEFAULT_BATCH_SIZE = 750
const MAX_BATCH_SIZE = 10_000
/** A slow stream is not kept waiting for a full batch, unless batches have to be the same on a repeat. */
const LONGEST_BATCH_MS = 1_000
/** Of a stream, so that memory stays bounded however many entries are bad. */
const KEPT_ERRORS = 1_000

/** Takes in users batch by batch, holding two at a time. */
export async function ingestAll(
  jobId: string,
  users: unknown,
  options: IngestOptions,
  ports: IngestStreamPorts,
): Promise<IngestResult> {
  const batchSize = checkedBatchSize(options.batchSize)
  const { entries, isArray } = entriesOf(users)
  const { idempotencyKey } = options
  const tally = new IngestTally(isArray ? Number.POSITIVE_INFINITY : KEPT_ERRORS, options)
  if (idempotencyKey === undefined) {
    await takeBatches({ jobId, entries, batchSize, tally, options, onceOf: () => undefined }, ports)
    return tally.result
  }
  const request = isArray ? await hashOfArray(entries as unknown[], ports.pacer) : 'stream'
  const onceOf = (n: number): Once =>
    ports.idempotency.once({ operation: 'ingest', target: jobId, request: [request, n] }, idempotencyKey, n)
  await ports.idempotency
    .marked(
      ports.idempotency.once({ operation: 'ingest', target: jobId, request }, idempotencyKey).key,
      { operation: 'ingest', target: jobId },
      (extend) => takeBatches({ jobId, entries, batchSize, tally, options, onceOf, extend }, ports),
    )
    .catch((error: unknown) => {
      throw isBroadsideError(error, 'IDEMPOTENCY_KEY_REUSED') ? keyReused('ingest', `job ${jobId}`) : error
    })
  return tally.result
}

interface Intake {
  readonly jobId: string
  readonly entries: Iterable<unknown> | AsyncIterable<unknown>
  readonly batchSize: number
  readonly tally: IngestTally
  readonly options: IngestOptions
  readonly onceOf: (batch: number) => Once | undefined
  /** Keeps the mark of the call alive. */
  readonly extend?: () => Promise<void>
}

async function takeBatches(intake: Intake, ports: IngestStreamPorts): Promise<void> {
  const { tally, options, extend } = intake
  const intoStorage = new BatchPipeline(intake, ports)
  const limits = { size: intake.batchSize, forMs: extend === undefined ? LONGEST_BATCH_MS : Number.POSITIVE_INFINITY }
  try {
    for await (const entries of batches(intake.entries, { ...limits, clock: ports.clock, signal: options.signal }))
      await intoStorage.take(entries)
    // Also an empty call learns that its job is not there, or not open.
    if (intoStorage.isUnused) await intoStorage.take([])
  } catch (error) {
    await intoStorage.finish()
    throw error instanceof ReadStopped ? error.told(tally) : error
  }
  await intoStorage.finish()
}

/** Reads the entries of one batch while those of the one before are being stored. */
class BatchPipeline {
  readonly #intake: Intake
  readonly #ports: IngestStreamPorts
  #batches = 0
  #read = 0
  #storing: Promise<void> | undefined
  #extendedAt: number

  constructor(intake: Intake, ports: IngestStreamPorts) {
    this.#intake = intake
    this.#ports = ports
    this.#extendedAt = ports.clock.now()
  }

  get isUnused(): boolean {
    return this.#batches === 0
  }

  async take(entries: readonly unknown[]): Promise<void> {
    const { jobId, onceOf } = this.#intake
    const { ingest, pacer } = this.#ports
    const batch = { jobId, entries, firstIndex: this.#read, once: onceOf(this.#batches) }
    this.#batches += 1
    this.#read += entries.length
    const planned = await runAsync(planBatch(batch, { ingest, pacer }))
    await this.finish()
    this.#storing = this.#store(planned)
    // Looked at with the next batch, or at the end.
    this.#storing.catch(() => undefined)
  }

  /** Resolves when nothing is being stored any more. Rejects once with what went wrong with it. */
  async finish(): Promise<void> {
    const storing = this.#storing
    this.#storing = undefined
    await storing
  }

  async #store(planned: PlannedBatch): Promise<void> {
    const { storage, clock } = this.#ports
    const { tally, extend } = this.#intake
    const stored = await runAsync(storeBatch(planned, (params) => storage.addItems(params)))
    tally.add(planned.batch.entries.length, stored)
    if (extend === undefined || clock.now() - this.#extendedAt <= 1_000) return
    await extend()
    this.#extendedAt = clock.now()
  }
}

interface Batching {
  readonly size: number
  readonly forMs: number
  readonly clock: Clock
  readonly signal: AbortSignal | undefined
}

/** Cuts a stream into batches. Closes it when it is left early. */
async function* batches(
  entries: Iterable<unknown> | AsyncIterable<unknown>,
  limits: Batching,
): AsyncGenerator<unknown[], void, undefined> {
  const { clock } = limits
  const source = Symbol.asyncIterator in entries ? entries[Symbol.asyncIterator]() : entries[Symbol.iterator]()
  let isOpen = true
  let batch: unknown[] = []
  let since = clock.now()
  try {
    for (;;) {
      const read = readNext(source, limits)
      const next = isThenable(read) ? await read : read
      if (next.done) break
      batch.push(next.value)
      if (batch.length < limits.size && clock.now() - since < limits.forMs) continue
      yield batch
      batch = []
      since = clock.now()
    }
    isOpen = false
    if (batch.length > 0) yield batch
  } catch (error) {
    isOpen = limits.signal?.aborted ?? false
    throw error
  } finally {
    if (isOpen) letGoOf(source)
  }
}

type Source = Iterator<unknown> | AsyncIterator<unknown>

/** The next entry of a stream; a fault of the stream is told apart from one of ours. */
function readNext(source: Source, { signal }: Batching): IteratorResult<unknown> | Promise<IteratorResult<unknown>> {
  if (signal?.aborted) throw aborted(signal)
  try {
    const next = source.next()
    if (!isThenable(next)) return next as IteratorResult<unknown>
    const told = Promise.resolve(next).catch((cause: unknown) => {
      throw sourceFailed(cause)
    })
    return signal === undefined ? told : orAbort(told, signal)
  } catch (cause) {
    throw sourceFailed(cause)
  }
}

/** Closes a stream that is left early. Not waited for: a stream that hangs in `next` would never get to it. */
function letGoOf(source: Source): void {
  Promise.resolve(source.return?.()).catch(() => undefined)
}

/** A stream that hangs must not keep an aborted ingest from ending. */
function orAbort<T>(next: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(aborted(signal))
    signal.addEventListener('abort', onAbort, { once: true })
    next.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

/** Why the users are not read any further: told once it is known how many of them are in. */
class ReadStopped extends Error {
  readonly told: (tally: IngestTally) => BroadsideError

  constructor(told: (tally: IngestTally) => BroadsideError) {
    super()
    this.told = told
  }
}

function aborted(signal: AbortSignal): ReadStopped {
  return new ReadStopped(
    ({ read, result }) =>
      new BroadsideError(
        'ABORTED',
        `The ingest was stopped after ${read} entries; the ${result.total} users added so far stay in.`,
        { cause: signal.reason },
      ),
  )
}

function sourceFailed(cause: unknown): ReadStopped {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new ReadStopped(
    ({ read, result }) =>
      new BroadsideError(
        'INGEST_SOURCE_FAILED',
        `The users could not be read any further after ${read} entries: ${reason}. The ${result.total} users added so far stay in; with an idempotencyKey the same call goes on from there.`,
        { cause },
      ),
  )
}

/** Adds up what an ingest has done so far. */
class IngestTally {
  read = 0
  readonly #keep: number
  readonly #options: IngestOptions
  readonly #errors: IngestError[] = []
  readonly #counts: Partial<Record<IngestCode, number>> = {}
  #total = 0
  #errorCount = 0

  constructor(keep: number, options: IngestOptions) {
    this.#keep = keep
    this.#options = options
  }

  add(read: number, { added, errors }: BatchResult): void {
    this.read += read
    this.#total += added
    this.#errorCount += errors.length
    for (const error of errors) {
      this.#counts[error.code] = (this.#counts[error.code] ?? 0) + 1
      if (this.#errors.length < this.#keep) this.#errors.push(error)
      this.#options.onError?.(error)
    }
    this.#options.onProgress?.({ read: this.read, added: this.#total, errors: this.#errorCount })
  }

  get result(): IngestResult {
    return { total: this.#total, errors: this.#errors, errorCounts: this.#counts }
  }
}

function checkedBatchSize(size = DEFAULT_BATCH_SIZE): number {
  if (Number.isInteger(size) && size >= 1 && size <= MAX_BATCH_SIZE) return size
  throw new BroadsideError('INVALID_INPUT', `batchSize must be a whole number from 1 to ${MAX_BATCH_SIZE}.`, {
    issues: [{ path: ['batchSize'], message: `must be a whole number from 1 to ${MAX_BATCH_SIZE}` }],
  })
}

async function hashOfArray(entries: readonly unknown[], pacer: Pacer): Promise<string> {
  let hash = String(entries.length)
  for (let at = 0; at < entries.length; at += 100) {
    hash = hashOf(hash, ...entries.slice(at, at + 100).map(jsonOrNothing))
    if (pacer.isDue) await pacer.breathe()
  }
  return hash
}

function jsonOrNothing(entry: unknown): string {
  try {
    return JSON.stringify(entry) ?? ''
  } catch {
    return ''
  }
}
