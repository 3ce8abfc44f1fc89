import { BroadsideError } from '@broadside/core'
import type { Database } from './database.js'
import { type OpenedDatabase, openDatabase, type Source } from './open-database.js'
import type { Settings } from './options.js'
import type { Work } from './session.js'
import { asOpenFailure, asStorageFailure } from './storage-failure.js'

/** A storage's database from `open` to `close`, and the calls between the two. */
export class Lifecycle {
  readonly #source: Source
  readonly #settings: Settings
  readonly #running = new Set<Promise<unknown>>()
  #opened: OpenedDatabase | undefined
  #closed: Promise<void> | undefined

  constructor(source: Source, settings: Settings) {
    this.#source = source
    this.#settings = settings
  }

  async open(): Promise<void> {
    if (this.#closed) throw this.#closedError('it has been closed; make another one')
    const opening = openDatabase(this.#source, this.#settings)
    try {
      this.#opened = await this.#track(opening)
    } catch (error) {
      throw asOpenFailure(error, this.#name())
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#closeOnceIdle()
    return this.#closed
  }

  write<T>(work: Work<T>): Promise<T> {
    return this.#call((database) => database.write(work))
  }

  read<T>(work: Work<T>): Promise<T> {
    return this.#call((database) => database.read(work))
  }

  /** @throws BroadsideError `STORAGE_CLOSED` before `open` and after `close`. */
  get database(): Database {
    if (this.#opened && !this.#closed) return this.#opened.database
    throw this.#closedError(
      this.#closed ? 'it has been closed; make another one' : 'it is not open yet; call open() first',
    )
  }

  async #call<T>(call: (database: Database) => Promise<T>): Promise<T> {
    const running = call(this.database)
    try {
      return await this.#track(running)
    } catch (error) {
      throw asStorageFailure(error, this.#name())
    }
  }

  async #track<T>(running: Promise<T>): Promise<T> {
    this.#running.add(running)
    try {
      return await running
    } finally {
      this.#running.delete(running)
    }
  }

  async #closeOnceIdle(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running)
    await this.#opened?.close()
  }

  #closedError(advice: string): BroadsideError {
    return new BroadsideError('STORAGE_CLOSED', `SQLite storage ${this.#name()}: ${advice}.`)
  }

  #name(): string {
    return this.#opened?.database.file ?? (typeof this.#source === 'string' ? this.#source : 'on a handle')
  }
}
