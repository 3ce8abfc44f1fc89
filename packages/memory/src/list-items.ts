import type { ItemPage, ItemRecord, ListItemsParams } from '@broadside/core'
import type { ItemState } from './item-state.js'
import { itemRecordOf, readCode, readStatus } from './item-view.js'
import type { JobState } from './job-state.js'
import { requireJob, type Store } from './store.js'

/** How many items a page looks at, at most, when a filter lets few of them through. */
const STRETCH = 1000

export function listItems(store: Store, params: ListItemsParams): ItemPage {
  const job = requireJob(store, params.jobId)
  const from = (params.after ?? -1) + 1
  const end = Math.min(job.items.length, from + Math.max(STRETCH, params.limit))
  const items: ItemRecord[] = []
  let seq = from
  for (; seq < end && items.length < params.limit; seq += 1) {
    const item = job.items[seq]
    if (item && matches(job, item, params)) items.push(itemRecordOf(job, item))
  }
  return { items, next: seq < job.items.length ? seq - 1 : undefined }
}

function matches(job: JobState, item: ItemState, { statuses, codes }: ListItemsParams): boolean {
  if (statuses && !statuses.includes(readStatus(job, item))) return false
  if (!codes) return true
  const code = readCode(job, item)
  return code !== undefined && codes.includes(code)
}
