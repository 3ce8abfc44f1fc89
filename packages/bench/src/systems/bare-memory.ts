import { randomUUID } from 'node:crypto'
import { batchesOf, type Person } from '../people.js'
import { CLAIM_BATCH } from '../sizes.js'
import { type BareItem, type Compose, composeFor, identityOf, sendAll } from './bare-message.js'
import type { OpenSystem, System } from './system.js'

interface KeptItem extends BareItem {
  status: 'pending' | 'enqueued'
  attempts: number
  settledAt: number | undefined
}

/** A list of people, in the order in which they came, each once. */
interface KeptJob {
  readonly items: Map<string, KeptItem>
  pending: number
  enqueued: number
}

/** The limit in memory: a loop over a Map. */
class BareMemory implements System {
  readonly #jobs = new Map<string, KeptJob>()
  readonly #compose: Compose

  constructor(compose: Compose) {
    this.#compose = compose
  }

  async prepare(queues: readonly string[]): Promise<void> {
    for (const queue of queues) this.#jobs.set(queue, { items: new Map(), pending: 0, enqueued: 0 })
  }

  async ingest(queue: string, people: Iterable<Person>): Promise<number> {
    const job = this.#job(queue)
    for (const person of people) {
      const identity = identityOf(person)
      if (job.items.has(identity)) continue
      job.items.set(identity, itemOf(person, job.items.size))
      job.pending += 1
    }
    return job.pending
  }

  async drain(queues: readonly string[]): Promise<void> {
    for (const queue of queues) {
      const job = this.#job(queue)
      for (const batch of batchesOf(job.items.values(), CLAIM_BATCH)) await this.#send(job, batch)
    }
  }

  async close(): Promise<void> {}

  async #send(job: KeptJob, items: readonly KeptItem[]): Promise<void> {
    const outcomes = await sendAll(this.#compose(items))
    const now = Date.now()
    for (const [index, item] of items.entries()) {
      if (outcomes[index]?.type !== 'sent') continue
      item.status = 'enqueued'
      item.attempts += 1
      item.settledAt = now
    }
    job.pending -= items.length
    job.enqueued += items.length
  }

  #job(queue: string): KeptJob {
    const job = this.#jobs.get(queue)
    if (job === undefined) throw new Error(`there is no job ${queue}`)
    return job
  }
}

function itemOf(person: Person, seq: number): KeptItem {
  const ids = { recipient: randomUUID(), messageId: randomUUID() }
  return { seq, ...ids, payload: JSON.stringify(person), status: 'pending', attempts: 0, settledAt: undefined }
}

export const open: OpenSystem = async ({ variant }) => new BareMemory(await composeFor(variant))
