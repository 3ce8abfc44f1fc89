import type { PostgresClient } from './driver.js'
import { Mutex } from './mutex.js'

const TURNS = new WeakMap<PostgresClient, Mutex>()

/** Who uses a connection that several may use at once, storages and transactions of the host's, in the order in which they came. */
export function turnsOf(client: PostgresClient): Mutex {
  const turns = TURNS.get(client) ?? new Mutex()
  TURNS.set(client, turns)
  return turns
}
