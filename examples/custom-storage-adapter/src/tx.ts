import { BroadsideError } from '@broadside/core'
import type { Between, LevelDatabase, Write } from './level-database.js'

/** One call's reads and writes. `get` sees the call's own writes; `entries` and `keys` see only what was committed before the call. */
export class Tx {
  readonly #db: LevelDatabase
  readonly #found = new Map<string, string | undefined>()
  readonly #writes = new Map<string, string | undefined>()

  constructor(db: LevelDatabase) {
    this.#db = db
  }

  /** Reads many keys at once, for the `get`s to come: one round trip in place of one for each. */
  async prepare(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return
    const texts = await this.#db.getMany(keys)
    for (const [index, key] of keys.entries()) this.#found.set(key, texts[index])
  }

  async get<Value>(key: string): Promise<Value | undefined> {
    const text = await this.#text(key)
    return text === undefined ? undefined : (JSON.parse(text) as Value)
  }

  async #text(key: string): Promise<string | undefined> {
    if (this.#writes.has(key)) return this.#writes.get(key)
    if (this.#found.has(key)) return this.#found.get(key)
    const [text] = await this.#db.getMany([key])
    return text
  }

  /** What is there unless the store has lost something. */
  async need<Value>(key: string): Promise<Value> {
    const value = await this.get<Value>(key)
    if (value !== undefined) return value
    throw new BroadsideError('STORAGE_FAILED', `The key ${key} is missing: the data are damaged, restore a copy.`)
  }

  async entries<Value>(between: Between): Promise<readonly (readonly [key: string, value: Value])[]> {
    const found = await this.#db.entries(between)
    return found.map(([key, text]) => [key, JSON.parse(text) as Value] as const)
  }

  /** As `entries`, without their values. */
  keys(between: Between): Promise<readonly string[]> {
    return this.#db.keys(between)
  }

  put(key: string, value: unknown): void {
    this.#writes.set(key, JSON.stringify(value))
  }

  del(key: string): void {
    this.#writes.set(key, undefined)
  }

  /** What the call has written, to be committed at once. */
  get writes(): readonly Write[] {
    return [...this.#writes].map(([key, value]) =>
      value === undefined ? { type: 'del', key } : { type: 'put', key, value },
    )
  }
}
