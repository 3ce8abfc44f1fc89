import { PgBoss } from 'pg-boss'
import { batchesOf, type Person } from '../people.js'
import { urlOf } from '../place.js'
import { type OpenSystem, preciseNow, type Share, type System } from './system.js'

/** People of one `insert`, and jobs of one `fetch`: the fastest of 500 to 5,000 here. */
const INSERT_BATCH = 5_000
const FETCH_BATCH = 2_000
/** Loops that fetch and complete at once: one more is busy while the other waits for the database. */
const LOOPS = 2

/**
 * `insert` with many jobs a call, `fetch` with `batchSize`, and `complete` with all ids of a batch
 * (https://github.com/timgit/pg-boss/blob/master/docs/api/jobs.md). Its order by creation and priority is off, which its documentation says is
 * faster. A worker (`work` with `batchSize` and `burstWhenBatchFull`) was slower than the two calls. Duplicates, where they are looked for: a queue
 * of policy `short` with a `singletonKey` (https://github.com/timgit/pg-boss/blob/master/docs/api/queues.md).
 */
class PgBossSystem implements System {
  readonly #boss: PgBoss
  readonly #dedupes: boolean

  constructor(boss: PgBoss, dedupes: boolean) {
    this.#boss = boss
    this.#dedupes = dedupes
  }

  async prepare(queues: readonly string[]): Promise<void> {
    for (const queue of queues) {
      await this.#boss.createQueue(queue, this.#dedupes ? { policy: 'short' } : {})
    }
  }

  async ingest(queue: string, people: Iterable<Person>): Promise<number> {
    let added = 0
    for (const batch of batchesOf(people, INSERT_BATCH)) {
      const jobs = batch.map((data) => (this.#dedupes ? { data, singletonKey: data.to.email } : { data }))
      await this.#boss.insert(queue, jobs)
      added += batch.length
    }
    return added
  }

  async drain(queues: readonly string[]): Promise<void> {
    const loops = queues.flatMap((queue) => Array.from({ length: LOOPS }, () => this.share(queue)))
    await Promise.all(loops)
  }

  async share(queue: string): Promise<Share> {
    const share = { count: 0, lastDoneAt: 0 }
    for (;;) {
      const jobs = await this.#boss.fetch<Person>(queue, {
        batchSize: FETCH_BATCH,
        orderByCreatedOn: false,
        priority: false,
      })
      if (jobs.length === 0) return share
      await sendAll(jobs.map(({ data }) => data))
      await this.#boss.complete(
        queue,
        jobs.map(({ id }) => id),
      )
      share.count += jobs.length
      share.lastDoneAt = preciseNow()
    }
  }

  async idle(): Promise<void> {
    await this.#boss.createQueue('idle')
    await this.#boss.work('idle', async () => {})
  }

  async close(): Promise<void> {
    await this.#boss.stop({ graceful: false })
  }
}

async function sendAll(people: readonly Person[]): Promise<void> {
  for (const { to } of people) if (to.email === '') throw new Error('a job has no address')
}

export const open: OpenSystem = async ({ place, variant }) => {
  const boss = new PgBoss(urlOf(place))
  boss.on('error', () => {})
  await boss.start()
  return new PgBossSystem(boss, variant === 'dedupe')
}
