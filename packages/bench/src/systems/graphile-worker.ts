import { setTimeout as sleep } from 'node:timers/promises'
import { type AddJobsJobSpec, Logger, makeWorkerUtils, type Runner, run, type WorkerUtils } from 'graphile-worker'
import { batchesOf, type Person } from '../people.js'
import { urlOf } from '../place.js'
import { type OpenSystem, preciseNow, type Share, type System } from './system.js'

/** People of one `addJobs`: the fastest of 1,000 and 5,000 here. */
const ADD_BATCH = 5_000
const LOGGER = new Logger(() => () => {})
/** How long a worker that shares a queue is without a job before it looks whether there are any left, in ms. */
const QUIET_MS = 200
const LEFT = 'select exists (select from graphile_worker.jobs where task_identifier = $1) as any'

/**
 * By what https://worker.graphile.org/docs/performance says of speed: `addJobs`, a local queue, completion in batches, concurrent jobs. That
 * page's own values (24 jobs at once, a local queue of 500, no delay) drained about half as fast here as the ones below. Duplicates, where they
 * are looked for: `jobKey` (https://worker.graphile.org/docs/job-key).
 */
const WORKER = {
  concurrentJobs: 50,
  maxPoolSize: 25,
  localQueue: { size: 5_000 },
  completeJobBatchDelay: 100,
  failJobBatchDelay: 100,
  logger: LOGGER,
} as const

class GraphileWorker implements System {
  readonly #url: string
  readonly #utils: WorkerUtils
  readonly #dedupes: boolean
  #idle: Runner | undefined

  constructor(url: string, utils: WorkerUtils, dedupes: boolean) {
    this.#url = url
    this.#utils = utils
    this.#dedupes = dedupes
  }

  async prepare(): Promise<void> {
    await this.#utils.migrate()
  }

  async ingest(queue: string, people: Iterable<Person>): Promise<number> {
    let added = 0
    for (const batch of batchesOf(people, ADD_BATCH)) {
      const specs = batch.map((payload): AddJobsJobSpec => {
        const spec = { identifier: queue, payload }
        return this.#dedupes ? { ...spec, jobKey: payload.to.email } : spec
      })
      added += (await this.#utils.addJobs(specs)).length
    }
    return added
  }

  /** Stopping the worker writes down what waits to be written, so it is part of the work. */
  async drain(queues: readonly string[], total: number): Promise<void> {
    let left = total
    let tellSent = (): void => {}
    const allSent = new Promise<void>((resolve) => {
      tellSent = resolve
    })
    const runner = await this.#run(queues, () => {
      left -= 1
      if (left === 0) tellSent()
    })
    await allSent
    await runner.stop()
  }

  async share(queue: string): Promise<Share> {
    const share = { count: 0, lastDoneAt: preciseNow() }
    const runner = await this.#run([queue], () => {
      share.count += 1
      share.lastDoneAt = preciseNow()
    })
    do await sleep(QUIET_MS)
    while (preciseNow() - share.lastDoneAt < QUIET_MS || (await this.#hasLeft(queue)))
    await runner.stop()
    return share
  }

  async idle(): Promise<void> {
    this.#idle = await this.#run(['idle'], () => {})
  }

  async close(): Promise<void> {
    await this.#idle?.stop()
    await this.#utils.release()
  }

  async #hasLeft(queue: string): Promise<boolean> {
    const { rows } = await this.#utils.withPgClient((client) => client.query(LEFT, [queue]))
    return rows[0].any
  }

  #run(queues: readonly string[], onSent: () => void): Promise<Runner> {
    const task = async (payload: unknown): Promise<void> => {
      if ((payload as Person).to.email === '') throw new Error('a job has no address')
      onSent()
    }
    return run({
      preset: { worker: { ...WORKER, connectionString: this.#url } },
      taskList: Object.fromEntries(queues.map((queue) => [queue, task])),
      noHandleSignals: true,
    })
  }
}

export const open: OpenSystem = async ({ place, variant }) => {
  const url = urlOf(place)
  return new GraphileWorker(url, await makeWorkerUtils({ connectionString: url, logger: LOGGER }), variant === 'dedupe')
}
