import type { ReviseItemsParams, ReviseItemsResult } from '@broadside/core'
import { afterChange } from './after-change.js'
import { changeItem, type ItemChange } from './item-change.js'
import type { ItemState } from './item-state.js'
import { readStatus } from './item-view.js'
import { type JobState, recordOf, setStatus } from './job-state.js'
import { callOnce } from './once.js'
import type { Store } from './store.js'
import { refusal } from './transition-job.js'

export function reviseItems(store: Store, params: ReviseItemsParams): ReviseItemsResult {
  const { once } = params
  return callOnce(store, { once, call: () => revise(store, params), isDone: ({ applied }) => applied }).answer
}

export function revise(store: Store, params: ReviseItemsParams): ReviseItemsResult {
  const job = store.jobs.get(params.jobId)
  if (job?.status !== params.from) return { ...refusal(job), changed: 0 }
  const items = chosenItems(job, params)
  for (const item of items) reviseItem(job, item, params)
  if (items.length > 0) moveJob(job, params)
  const completed = afterChange(store, job, params.now)
  if (items.length > 0) store.listeners.notify()
  return { applied: true, job: recordOf(job), completed, changed: items.length }
}

function chosenItems(job: JobState, { statuses, seqs }: ReviseItemsParams): readonly ItemState[] {
  const chosen = new Set(statuses)
  const isChosen = (item: ItemState | undefined) => item !== undefined && chosen.has(readStatus(job, item))
  if (seqs) return [...new Set(seqs)].flatMap((seq) => job.waves.itemAt(seq) ?? []).filter(isChosen)
  const indexed = [...chosen].every((status) => job.settled.covers(status) && status !== job.closedAs)
  if (indexed) return [...chosen].flatMap((status) => [...job.settled.itemsWith(status)])
  return [...job.waves.itemsFrom(0)].filter(isChosen)
}

function reviseItem(job: JobState, item: ItemState, params: ReviseItemsParams): void {
  if (params.to === 'pending') reopen(job, item, params.now)
  else resettle(job, item, params)
}

/** From here on nobody's late word counts: the item starts over. */
function reopen(job: JobState, item: ItemState, now: number): void {
  changeItem(job, item, {
    status: 'pending',
    attempts: 0,
    trail: undefined,
    nextAttemptAt: now,
    outcome: {
      channel: item.outcome?.channel,
      receipt: undefined,
      code: undefined,
      reason: undefined,
      settledAt: undefined,
    },
  })
  item.lease = undefined
}

function resettle(job: JobState, item: ItemState, { to, code, reason, now }: ReviseItemsParams): void {
  const { settledByLease } = item
  const failed = to === 'error'
  const change: ItemChange = {
    status: to,
    attempts: item.attempts,
    trail: item.trail,
    nextAttemptAt: undefined,
    outcome: {
      channel: item.outcome?.channel,
      receipt: item.outcome?.receipt,
      code: failed ? code : undefined,
      reason: failed ? reason : undefined,
      settledAt: now,
    },
  }
  changeItem(job, item, change)
  item.settledByLease = settledByLease
}

function moveJob(job: JobState, { jobTo, runNo, now }: ReviseItemsParams): void {
  if (jobTo === undefined) return
  setStatus(job, jobTo, now)
  if (runNo !== undefined) job.runNo = runNo
}
