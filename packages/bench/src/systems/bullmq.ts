import { Queue, Worker } from 'bullmq'
import { batchesOf, type Person } from '../people.js'
import { type Place, urlOf } from '../place.js'
import type { OpenSystem, System } from './system.js'

/** People of one `addBulk`. */
const BATCH = 1_000

/**
 * `addBulk` (https://docs.bullmq.io/guide/queues/adding-bulks), a worker with a `concurrency`
 * (https://docs.bullmq.io/guide/workers/concurrency), and done jobs removed (https://docs.bullmq.io/guide/queues/auto-removal-of-jobs). Duplicates are
 * found by `jobId` (https://docs.bullmq.io/guide/jobs/job-ids).
 */
class BullMq implements System {
  readonly #options: { readonly connection: { readonly url: string }; readonly prefix: string }
  readonly #queues = new Map<string, Queue>()
  readonly #dedupes: boolean
  #idle: Worker | undefined

  constructor(place: Place & { readonly kind: 'redis' }, dedupes: boolean) {
    this.#options = { connection: { url: urlOf(place) }, prefix: place.prefix }
    this.#dedupes = dedupes
  }

  async prepare(): Promise<void> {}

  async ingest(name: string, people: Iterable<Person>): Promise<number> {
    const queue = this.#queue(name)
    let added = 0
    for (const batch of batchesOf(people, BATCH)) {
      const jobs = batch.map((data) => ({
        name: 'send',
        data,
        opts: { removeOnComplete: true, ...(this.#dedupes ? { jobId: data.to.email } : {}) },
      }))
      added += (await queue.addBulk(jobs)).length
    }
    return added
  }

  async drain(names: readonly string[], total: number): Promise<void> {
    const workers: Worker[] = []
    await new Promise<void>((resolve, reject) => {
      let left = total
      for (const name of names) {
        const worker = this.#worker(name)
        worker.on('error', reject)
        worker.on('completed', () => {
          left -= 1
          if (left === 0) resolve()
        })
        workers.push(worker)
      }
    })
    await Promise.all(workers.map((worker) => worker.close(true)))
  }

  async idle(): Promise<void> {
    this.#idle = this.#worker('idle')
    await this.#idle.waitUntilReady()
  }

  async close(): Promise<void> {
    await this.#idle?.close(true)
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()))
  }

  #worker(name: string): Worker {
    return new Worker(name, async () => {}, { ...this.#options, concurrency: 200, removeOnComplete: { count: 0 } })
  }

  #queue(name: string): Queue {
    const queue = this.#queues.get(name) ?? new Queue(name, this.#options)
    this.#queues.set(name, queue)
    return queue
  }
}

export const open: OpenSystem = async ({ place, variant }) => {
  if (place.kind !== 'redis') throw new Error('BullMQ needs a Redis server')
  return new BullMq(place, variant === 'dedupe')
}
