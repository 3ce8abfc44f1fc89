import { createHash } from 'node:crypto'
import { BroadsideError } from '../model/error.js'
import type { Once } from '../storage/once.js'
import type { Storage } from '../storage/storage.js'
import type { Clock } from './clock.js'

export interface IdempotencyPorts {
  readonly storage: Storage
  readonly clock: Clock
  readonly token: () => string
  readonly leaseMs: number
  /** How long answers are kept, in ms. */
  readonly keepMs: number
}

/** What every changing operation takes. */
export interface IdempotencyOptions {
  /**
   * Makes the operation happen once, however often it is called with this key: later calls, from any process, get the first one's
   * result. Scoped to the operation and its target. Another request under the same key is refused.
   */
  readonly idempotencyKey?: string | undefined
}

export interface KeyedOperation {
  readonly operation: string
  readonly target: string
  readonly idempotencyKey: string | undefined
  /** What was asked for, to tell a repeat from another request. */
  readonly request: unknown
}

const MAX_KEY_LENGTH = 255

/** Runs operations under idempotency keys. */
export class Idempotency {
  readonly #ports: IdempotencyPorts
  /** The keys whose calls are running in this engine. */
  readonly #running = new Set<string>()

  constructor(ports: IdempotencyPorts) {
    this.#ports = ports
  }

  /**
   * Runs `call` under the key, or returns the stored answer of the call that ran before. `call` passes the `once` on to the storage call that does the
   * change, so that answer and change come about together. Without a key, `call` just runs.
   *
   * @throws BroadsideError `IDEMPOTENCY_IN_PROGRESS`, `IDEMPOTENCY_KEY_REUSED`, `INVALID_INPUT` for a key that is empty or too long.
   */
  async run<T>(
    keyed: KeyedOperation,
    call: (once: Once | undefined) => Promise<T>,
    replay: (answer: string) => T,
  ): Promise<T> {
    if (keyed.idempotencyKey === undefined) return call(undefined)
    const once = this.once(keyed, keyed.idempotencyKey)
    const stored = await this.#find(once, keyed)
    if (stored !== undefined) return replay(stored)
    return this.marked(once.key, keyed, async () => {
      // The call that held the mark before may have finished in between.
      const late = await this.#find(once, keyed)
      return late === undefined ? call(once) : replay(late)
    })
  }

  /** What makes a storage call happen once. `part` tells the calls of one operation apart, such as the batches of an ingest. */
  once(
    { operation, target, request }: Omit<KeyedOperation, 'idempotencyKey'>,
    idempotencyKey: string,
    part?: number,
  ): Once {
    const now = this.#ports.clock.now()
    const key = JSON.stringify([operation, target, checkedKey(idempotencyKey), ...(part === undefined ? [] : [part])])
    return { key, requestHash: hashOf(JSON.stringify(request) ?? ''), now, keepUntil: now + this.#ports.keepMs }
  }

  /** Runs `call` under a mark that keeps a second one out; `call` may extend it by calling its argument. */
  async marked<T>(
    key: string,
    { operation, target }: { readonly operation: string; readonly target: string },
    call: (extend: () => Promise<void>) => Promise<T>,
  ): Promise<T> {
    const { storage, clock, leaseMs } = this.#ports
    if (this.#running.has(key)) throw stillRunning(operation, target)
    this.#running.add(key)
    const token = this.#ports.token()
    const acquire = async (now: number): Promise<void> => {
      const isOurs = await storage.acquireMark({ key, token, now, leaseUntil: clock.now() + leaseMs })
      if (!isOurs) throw stillRunning(operation, target)
    }
    try {
      // Where only one engine can be at the storage, a mark that is not ours is of one that died: it has run out, whatever it says.
      await acquire(storage.capabilities.shared ? clock.now() : Number.POSITIVE_INFINITY)
      return await call(() => acquire(clock.now()))
    } finally {
      this.#running.delete(key)
      // What was done is done: a mark that can't be taken away runs out by itself.
      await storage.releaseMark({ key, token }).catch(() => undefined)
    }
  }

  async #find(once: Once, { operation, target }: KeyedOperation): Promise<string | undefined> {
    const stored = await this.#ports.storage.findOnce({ key: once.key, now: once.now })
    if (stored === undefined) return undefined
    if (stored.requestHash !== once.requestHash) throw keyReused(operation, target)
    return stored.answer
  }
}

function stillRunning(operation: string, target: string): BroadsideError {
  return new BroadsideError(
    'IDEMPOTENCY_IN_PROGRESS',
    `A call of ${operation}${ofTarget(target)} with the same idempotency key is still running. Try again when it is done.`,
  )
}

export function keyReused(operation: string, target: string): BroadsideError {
  return new BroadsideError(
    'IDEMPOTENCY_KEY_REUSED',
    `This idempotency key was used for another ${operation}${ofTarget(target)}. Use a new key for a new request.`,
  )
}

function ofTarget(target: string): string {
  return target === '' ? '' : ` on ${target}`
}

/** One hash of several texts; each counts with its length, so that no two lists of texts run together. */
export function hashOf(...texts: readonly string[]): string {
  const hash = createHash('sha256')
  for (const text of texts) hash.update(`${text.length}:`).update(text)
  return hash.digest('base64url')
}

function checkedKey(key: string): string {
  if (
    typeof key === 'string' &&
    key.length > 0 &&
    key.length <= MAX_KEY_LENGTH &&
    !/\p{Cc}/u.test(key) &&
    key.isWellFormed()
  )
    return key
  throw new BroadsideError(
    'INVALID_INPUT',
    `idempotencyKey must be text of 1 to ${MAX_KEY_LENGTH} visible characters.`,
    {
      issues: [{ path: ['idempotencyKey'], message: `must be text of 1 to ${MAX_KEY_LENGTH} visible characters` }],
    },
  )
}
