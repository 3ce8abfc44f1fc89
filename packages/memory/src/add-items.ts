import { type AddItemsParams, type AddItemsResult, type NewItem, seqInWave } from '@broadside/core'
import { newItemState } from './item-state.js'
import type { JobState } from './job-state.js'
import { callOnce } from './once.js'
import { requireJob, type Store } from './store.js'
import { hasRest, setDue } from './waves.js'

export function addItems(store: Store, params: AddItemsParams): AddItemsResult {
  const { answer, replayed } = callOnce(store, {
    once: params.once,
    call: () => ingest(store, params),
    isDone: (result) => result.refused === undefined,
  })
  return replayed ? { ...answer, replayed } : answer
}

function ingest(store: Store, params: AddItemsParams): AddItemsResult {
  const { jobId, items, into = ['created'], waves, rejected, duplicateCode } = params
  const job = requireJob(store, jobId)
  if (!into.includes(job.status)) return { added: 0, duplicates: [], refused: job.status }
  const duplicates: number[] = []
  items.forEach((item, index) => {
    if (!addItem(job, item)) duplicates.push(index)
  })
  setDue(job.waves, waves)
  const added = items.length - duplicates.length
  job.counters.received += added
  job.counters.pending += added
  for (const [code, count] of Object.entries(rejected ?? {})) job.ingestErrors.add(code, count)
  job.ingestErrors.add(duplicateCode, duplicates.length)
  if (job.status === 'processing') store.listeners.notify()
  return { added, duplicates }
}

function addItem(job: JobState, item: NewItem): boolean {
  if (isKnown(job, item)) return false
  job.identities.add(item.identity)
  for (const text of item.also ?? []) job.identities.add(text)
  const wave = job.waves.obtain(item.wave ?? 0)
  if (!hasRest(wave)) wave.dueAt = Number.NEGATIVE_INFINITY
  wave.items.push(newItemState(seqInWave(wave.wave, wave.items.length), item))
  return true
}

function isKnown({ identities }: JobState, { identity, also }: NewItem): boolean {
  return identities.has(identity) || (also?.some((text) => identities.has(text)) ?? false)
}
