import type { AddItemsParams, AddItemsResult, NewItem } from '@broadside/core'
import { newItemState } from './item-state.js'
import type { JobState } from './job-state.js'
import { callOnce } from './once.js'
import { requireJob, type Store } from './store.js'

export function addItems(store: Store, params: AddItemsParams): AddItemsResult {
  const { answer, replayed } = callOnce(store, {
    once: params.once,
    call: () => ingest(requireJob(store, params.jobId), params),
    isDone: (result) => result.refused === undefined,
  })
  return replayed ? { ...answer, replayed } : answer
}

function ingest(job: JobState, { items, rejected, duplicateCode }: AddItemsParams): AddItemsResult {
  if (job.status !== 'created') return { added: 0, duplicates: [], refused: job.status }
  const before = job.items.length
  const duplicates: number[] = []
  items.forEach((item, index) => {
    if (!addItem(job, item)) duplicates.push(index)
  })
  const added = job.items.length - before
  job.counters.received += added
  job.counters.pending += added
  for (const [code, count] of Object.entries(rejected ?? {})) job.ingestErrors.add(code, count)
  job.ingestErrors.add(duplicateCode, duplicates.length)
  return { added, duplicates }
}

function addItem(job: JobState, item: NewItem): boolean {
  if (job.identities.has(item.identity)) return false
  job.identities.add(item.identity)
  job.items.push(newItemState(job.items.length, item))
  return true
}
