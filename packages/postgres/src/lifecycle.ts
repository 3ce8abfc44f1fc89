import { BroadsideError } from '@broadside/core'
import { migrate } from './migrate.js'
import type { Settings } from './options.js'
import type { Source } from './source.js'
import { asStorageFailure } from './storage-failure.js'
import { type Message, type RepeatableWork, Transactions, type Work } from './transactions.js'

/** A storage's connections from `open` to `close`, and the calls between the two. */
export class Lifecycle {
  readonly #source: Source
  readonly #schema: string
  readonly #transactions: Transactions
  readonly #running = new Set<Promise<unknown>>()
  #state: 'new' | 'open' | 'closed' = 'new'
  #schemaId: string | undefined
  #opening: Promise<void> | undefined
  #closing: Promise<void> | undefined

  constructor(source: Source, { schema, quotedSchema, timers }: Settings) {
    this.#source = source
    this.#schema = schema
    this.#transactions = new Transactions({ source, quotedSchema, timers })
  }

  get isOpen(): boolean {
    return this.#state === 'open'
  }

  /** Once, however often it is called; after it has failed, it can be tried again. */
  async open(): Promise<void> {
    if (this.#state === 'closed') throw this.#refusal()
    this.#opening ??= this.#open()
    return this.#opening
  }

  /** Lets a running `open`, the calls under way finish, and then what they have brought about; those that come later are refused. */
  close(finish: () => Promise<void>): Promise<void> {
    this.#closing ??= this.#close(finish)
    return this.#closing
  }

  /** One transaction, which may run again from its beginning. */
  write<T>(work: Work<T>): Promise<T> {
    return this.#run(() => this.#transactions.write(work))
  }

  /** One transaction, in one message where `message` will do, and otherwise by `work`. */
  writeAtOnce<T>(message: Message<T> | undefined, work: RepeatableWork<T>): Promise<T> {
    return this.#run(() => this.#transactions.writeAtOnce(message, work))
  }

  /** Several statements that read the same state. */
  snapshot<T>(work: Work<T>): Promise<T> {
    return this.#run(() => this.#transactions.snapshot(work))
  }

  /** A single statement. */
  single<T>(work: Work<T>): Promise<T> {
    return this.#run(() => this.#transactions.single(work))
  }

  /** A single statement that nobody waits for: it is done while closing, too. */
  aside<T>(work: Work<T>): Promise<T> {
    return this.#transactions.single(work)
  }

  /**
   * What tells the schema from others of its name.
   *
   * @throws BroadsideError `STORAGE_CLOSED` before `open` and after `close`.
   */
  requireSchemaId(): string {
    if (this.#state === 'open' && this.#schemaId !== undefined) return this.#schemaId
    throw this.#refusal()
  }

  #refusal(): BroadsideError {
    const advice =
      this.#state === 'closed' ? 'it has been closed; open another one' : 'it is not open yet; call open() first'
    return new BroadsideError('STORAGE_CLOSED', `Postgres storage, schema "${this.#schema}": ${advice}.`)
  }

  async #open(): Promise<void> {
    try {
      await this.#source.open()
      this.#schemaId = await migrate(this.#transactions, this.#schema)
      // It may have been closed meanwhile.
      if (this.#state === 'new') this.#state = 'open'
    } catch (error) {
      await this.#source.close().catch(() => undefined)
      this.#opening = undefined
      throw asStorageFailure(error, this.#schema)
    }
  }

  async #close(finish: () => Promise<void>): Promise<void> {
    this.#state = 'closed'
    await this.#opening?.catch(() => undefined)
    while (this.#running.size > 0) await Promise.allSettled(this.#running)
    await finish()
    await this.#source.close()
  }

  async #run<T>(call: () => Promise<T>): Promise<T> {
    this.requireSchemaId()
    const running = call()
    this.#running.add(running)
    try {
      return await running
    } catch (error) {
      throw asStorageFailure(error, this.#schema)
    } finally {
      this.#running.delete(running)
    }
  }
}
