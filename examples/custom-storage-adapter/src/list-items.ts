import type { ItemPage, ItemRecord, ListItemsParams } from '@broadside/core'
import { needJob } from './find-job.js'
import { heldFresh } from './held-fresh.js'
import { itemRecord } from './item-record.js'
import { readItems } from './stored-item.js'
import type { Tx } from './tx.js'

/** Items that a page looks at, at most, whether or not they fit its filter. */
const STRETCH = 1000
const CHUNK = 200

export async function listItems(tx: Tx, params: ListItemsParams): Promise<ItemPage> {
  const { jobId, after = -1, limit } = params
  const job = await needJob(tx, jobId)
  const isHeld = await heldFresh(tx, job)
  const lastOfJob = job.counters.received - 1
  const lastSeq = Math.min(after + STRETCH, lastOfJob)
  const items: ItemRecord[] = []
  let last = after
  while (last < lastSeq && items.length < limit) {
    const chunk = { firstSeq: last + 1, lastSeq: Math.min(last + CHUNK, lastSeq) }
    for (const placed of await readItems(tx, job, chunk)) {
      last = placed.seq
      const item = itemRecord(job, placed, isHeld)
      if (fits(item, params)) items.push(item)
      if (items.length === limit) break
    }
  }
  return last < lastOfJob ? { items, next: last } : { items }
}

function fits({ status, code }: ItemRecord, { statuses, codes }: ListItemsParams): boolean {
  if (statuses !== undefined && !statuses.includes(status)) return false
  return codes === undefined || (code !== undefined && codes.includes(code))
}
