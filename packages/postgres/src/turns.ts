import type { PostgresClient } from './driver.js'
import { Mutex } from './mutex.js'

/** Who uses a connection that several may use at once, in the order in which they came. */
export class Turns {
  readonly #mutexes = new WeakMap<PostgresClient, Mutex>()

  of(client: PostgresClient): Mutex {
    const mutex = this.#mutexes.get(client) ?? new Mutex()
    this.#mutexes.set(client, mutex)
    return mutex
  }
}
