import type { ItemPage, ItemRecord, ListItemsParams } from '@broadside/core'
import type { ItemState } from './item-state.js'
import { itemRecordOf, readCode, readStatus } from './item-view.js'
import type { JobState } from './job-state.js'
import { requireJob, type Store } from './store.js'

/** How many items a page looks at, at most, when a filter lets few of them through. */
const STRETCH = 1000

export function listItems(store: Store, params: ListItemsParams): ItemPage {
  const job = requireJob(store, params.jobId)
  const after = params.after ?? -1
  const stretch = Math.max(STRETCH, params.limit)
  const items: ItemRecord[] = []
  let looked = 0
  let next = after
  for (const item of job.waves.itemsFrom(after + 1)) {
    if (items.length >= params.limit || looked === stretch) return { items, next }
    if (matches(job, item, params)) items.push(itemRecordOf(job, item))
    looked += 1
    next = item.seq
  }
  return { items, next: undefined }
}

function matches(job: JobState, item: ItemState, { statuses, codes }: ListItemsParams): boolean {
  if (statuses && !statuses.includes(readStatus(job, item))) return false
  if (!codes) return true
  const code = readCode(job, item)
  return code !== undefined && codes.includes(code)
}
