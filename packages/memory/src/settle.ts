import type { SettleAnswer, Settlement, SettleParams, SettleResult } from '@broadside/core'
import { markStarted } from './extend.js'
import { changeItem, changeOf } from './item-change.js'
import type { ItemState } from './item-state.js'
import { readStatus } from './item-view.js'
import { completeIfDone, controlOf, type JobState } from './job-state.js'
import { requireJob, type Store, trackStatus } from './store.js'

export function settle(store: Store, { jobId, token, now, settlements, startedThrough }: SettleParams): SettleResult {
  const job = requireJob(store, jobId)
  markStarted(job.leases.get(token), startedThrough)
  const answers = settlements.map((settlement) => settleOne(job, { token, settlement, now }))
  const completed = completeIfDone(job, now)
  trackStatus(store, job)
  if (completed || settlements.some(({ to }) => to === 'pending')) store.listeners.notify()
  return { answers, held: job.leases.has(token), control: controlOf(job), completed }
}

interface SettleOneParams {
  readonly token: string
  readonly settlement: Settlement
  readonly now: number
}

function settleOne(job: JobState, { token, settlement, now }: SettleOneParams): SettleAnswer {
  const item = job.items[settlement.seq]
  if (item?.lease?.token !== token) return 'stale'
  if (!isOpenToItsToken(job, item) && !resolves(settlement, item)) return item.settledByLease ? 'already' : 'stale'
  changeItem(job, item, changeOf(settlement, now))
  return 'applied'
}

/** Whether the token that had it last may settle it: it is in flight, or nobody has claimed it since its lease ended. */
function isOpenToItsToken(job: JobState, item: ItemState): boolean {
  return !item.settledByLease && readStatus(job, item) === 'pending'
}

function resolves({ to }: Settlement, item: ItemState): boolean {
  return item.status === 'uncertain' && to !== 'uncertain' && to !== 'pending'
}
