import { BroadsideError } from '@broadside/core'
import type { LevelDatabase } from './level-database.js'
import { levelFault, openFault } from './level-fault.js'
import { Tx } from './tx.js'

/** Runs one call after the other, each with one batch at its end: as a whole, or not at all. */
export class Calls {
  readonly #path: string
  readonly #db: LevelDatabase
  #isOpen = false
  #isSound = true
  #last: Promise<unknown> = Promise.resolve()
  #closed: Promise<void> | undefined

  constructor(path: string, db: LevelDatabase) {
    this.#path = path
    this.#db = db
  }

  async open(): Promise<void> {
    await this.#db.open().catch((error: unknown) => {
      throw openFault(this.#path, error)
    })
    this.#isOpen = true
  }

  /** Runs what was called before to its end, and nothing more. */
  close(): Promise<void> {
    this.#closed ??= this.#last.then(() => this.#db.close())
    return this.#closed
  }

  run<Answer>(call: (tx: Tx) => Promise<Answer>): Promise<Answer> {
    if (!this.#isOpen || this.#closed) {
      return Promise.reject(new BroadsideError('STORAGE_CLOSED', `${this.#path} is not open.`))
    }
    const answer = this.#last.then(() => this.#turn(call))
    this.#last = answer.catch(() => undefined) // a call that failed does not keep the next from its turn
    return answer
  }

  async #turn<Answer>(call: (tx: Tx) => Promise<Answer>): Promise<Answer> {
    try {
      await this.#recover()
      const tx = new Tx(this.#db)
      const answer = await call(tx)
      await this.#commit(tx)
      return answer
    } catch (error) {
      throw levelFault(this.#path, error)
    }
  }

  async #commit({ writes }: Tx): Promise<void> {
    if (writes.length === 0) return
    this.#isSound = false
    await this.#db.write(writes)
    this.#isSound = true
  }

  /**
   * After a write that failed (a full disk), LevelDB's log may end in half a record. What is written behind that is answered
   * and lost with the process all the same; opening the database anew begins another log.
   */
  async #recover(): Promise<void> {
    if (this.#isSound) return
    await this.#db.close()
    await this.#db.open()
    this.#isSound = true
  }
}
