import type { ItemState } from './item-state.js'
import { readCode, readStatus } from './item-view.js'
import type { JobState } from './job-state.js'

/** Takes an item, as it reads now, out of its job's counts. To be followed by a change and {@link countItem}. */
export function uncountItem(job: JobState, item: ItemState): void {
  addToCounts({ job, item, change: -1 })
  job.settled.remove(item)
}

/** Adds an item, as it reads now, to its job's counts. */
export function countItem(job: JobState, item: ItemState): void {
  addToCounts({ job, item, change: 1 })
  job.settled.add(item)
}

function addToCounts({ job, item, change }: { job: JobState; item: ItemState; change: 1 | -1 }): void {
  const status = readStatus(job, item)
  job.counters[status] += change
  const codes = status === 'pending' ? job.openCodes : job.settledCodes
  codes.add(readCode(job, item), change)
}
