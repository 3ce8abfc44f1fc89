import { createRequire } from 'node:module'
import { better, defineQueue, defineWorker, type Queue, type Worker } from 'plainjob'
import { batchesOf, type Person } from '../people.js'
import { fileOf } from '../place.js'
import type { OpenSystem, System } from './system.js'

/** People of one `addMany`, which is one transaction. */
const BATCH = 5_000
const QUIET = { error: console.error, warn: () => {}, info: () => {}, debug: () => {} }

/**
 * As its README sets it up (https://www.npmjs.com/package/plainjob): `addMany`, and one worker. Two processes with a worker each, which the
 * README has too, were no faster here: they wait for each other's lock. It sets `synchronous = normal` by itself, and that is left to it. It
 * does not look for duplicates.
 */
class PlainJob implements System {
  readonly #queue: Queue

  constructor(queue: Queue) {
    this.#queue = queue
  }

  async prepare(): Promise<void> {}

  async ingest(queue: string, people: Iterable<Person>): Promise<number> {
    let added = 0
    for (const batch of batchesOf(people, BATCH)) added += this.#queue.addMany(queue, batch).ids.length
    return added
  }

  async drain(queues: readonly string[], total: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      let left = total
      const workers = queues.map((queue) =>
        this.#worker(queue, () => {
          left -= 1
          if (left === 0) Promise.all(workers.map((worker) => worker.stop())).then(() => resolve(), reject)
        }),
      )
      for (const worker of workers) worker.start().catch(reject)
    })
  }

  async idle(): Promise<void> {
    void this.#worker('idle', () => {}).start()
  }

  async close(): Promise<void> {
    this.#queue.close()
  }

  #worker(type: string, onCompleted: () => void): Worker {
    return defineWorker(type, async ({ data }) => void JSON.parse(data), {
      queue: this.#queue,
      logger: QUIET,
      onCompleted,
    })
  }
}

export const open: OpenSystem = async ({ place }) => {
  const Database = createRequire(import.meta.url)('better-sqlite3')
  return new PlainJob(defineQueue({ connection: better(new Database(fileOf(place))), logger: QUIET }))
}
