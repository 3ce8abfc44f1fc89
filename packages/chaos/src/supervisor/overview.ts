import { type Broadside, createBroadside, type JobInfo } from '@broadside/core'
import type { Plan } from '../plan.js'
import { openStorage, type StorageLocation } from '../processes/open-storage.js'
import { persist } from '../processes/persist.js'
import type { StoredItem, StoredJob } from '../verdict/evidence.js'

const BOOT = 'supervisor'
const PAGE = 1_000

/** Reads the storage as any host would, through an engine of its own that only looks. */
export class Overview {
  readonly #broadside: Broadside

  private constructor(broadside: Broadside) {
    this.#broadside = broadside
  }

  static async open(location: StorageLocation): Promise<Overview> {
    return new Overview(await createBroadside({ storage: openStorage(location, BOOT), dispatch: false }))
  }

  close(): Promise<void> {
    return this.#broadside.close()
  }

  /** The jobs, or `undefined` while nobody can tell. */
  async look(): Promise<readonly JobInfo[] | undefined> {
    try {
      return (await this.#broadside.jobs.list({ limit: PAGE })).jobs
    } catch {
      return undefined
    }
  }

  /** Everything that is stored, page by page. */
  async readAll(): Promise<readonly StoredJob[]> {
    const { jobs } = await persist(() => this.#broadside.jobs.list({ limit: PAGE }))
    const stored: StoredJob[] = []
    for (const { id } of jobs) {
      const items = await this.#itemsOf(id)
      const codes = await persist(() => this.#broadside.jobs.codes(id))
      stored.push({ info: await persist(() => this.#broadside.jobs.info(id)), items, codes })
    }
    return stored
  }

  async #itemsOf(jobId: string): Promise<readonly StoredItem[]> {
    const items: StoredItem[] = []
    let cursor: string | undefined
    do {
      const page = await persist(() => this.#broadside.jobs.items(jobId, { cursor, limit: PAGE }))
      for (const { seq, messageId, recipient, status, code } of page.items)
        items.push({ seq, messageId, recipient, status, ...(code === undefined ? {} : { code }) })
      cursor = page.paging.cursor
    } while (cursor !== undefined)
    return items
  }
}

/** True when every job of the plan is there, and nothing of it is open or in flight. */
export function isFinished(plan: Plan, jobs: readonly JobInfo[]): boolean {
  return plan.jobs.every(({ name }) =>
    jobs.some((job) => job.name === name && job.status === 'completed' && job.inFlight === 0),
  )
}

/** One line for each job that is not finished, and what it waits for. */
export function unfinished(plan: Plan, jobs: readonly JobInfo[]): readonly string[] {
  return plan.jobs.flatMap(({ name }) => {
    const job = jobs.find((one) => one.name === name)
    if (job === undefined) return [`${name}: not created`]
    const isOver = job.status === 'completed' && job.inFlight === 0
    return isOver ? [] : [`${name}: ${job.status}, ${job.counters.pending} pending, ${job.inFlight} in flight`]
  })
}
