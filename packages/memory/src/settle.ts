import {
  answerToSettled,
  type SettleAnswer,
  type Settlement,
  type SettleParams,
  type SettleResult,
} from '@broadside/core'
import { afterChange } from './after-change.js'
import { markStarted } from './extend.js'
import { changeItem, changeOf } from './item-change.js'
import { stateOf } from './item-view.js'
import { controlOf, type JobState } from './job-state.js'
import { requireJob, type Store } from './store.js'

export function settle(store: Store, { jobId, token, now, settlements, startedThrough }: SettleParams): SettleResult {
  const job = requireJob(store, jobId)
  markStarted(job.leases.get(token), startedThrough)
  const answers = settlements.map((settlement) => settleOne(job, { token, settlement, now }))
  const completed = afterChange(store, job, now)
  if (completed || settlements.some(({ to }) => to === 'pending')) store.listeners.notify()
  return { answers, held: job.leases.has(token), control: controlOf(job), completed }
}

interface SettleOneParams {
  readonly token: string
  readonly settlement: Settlement
  readonly now: number
}

function settleOne(job: JobState, { token, settlement, now }: SettleOneParams): SettleAnswer {
  const item = job.waves.itemAt(settlement.seq)
  if (item === undefined) return 'stale'
  const answer = answerToSettled({ job, item: stateOf(item), token, to: settlement.to })
  if (answer === 'applied') changeItem(job, item, changeOf(settlement, now))
  return answer
}
