import type { SettleAnswer, Settlement, SettleParams, SettleResult } from '@broadside/core'
import { control } from './control.js'
import { needJob } from './find-job.js'
import { JobChange } from './job-change.js'
import { KEYS } from './keys.js'
import { dropLease, type Lease, putLease } from './lease.js'
import { outcomeOf } from './outcome.js'
import { type Settler, standing } from './standing.js'
import type { Tx } from './tx.js'
import { writeOutcome } from './write-outcome.js'

export async function settle(tx: Tx, params: SettleParams): Promise<SettleResult> {
  const { jobId, token, now, settlements, startedThrough = -1 } = params
  const job = await needJob(tx, jobId)
  const lease = await tx.get<Lease>(KEYS.lease(job.key, token))
  const change = new JobChange(job)
  await tx.prepare(settlements.map(({ seq }) => KEYS.outcome(job.key, seq)))
  const answers: SettleAnswer[] = []
  for (const settlement of settlements) answers.push(await settleItem(tx, { change, token, lease, now }, settlement))
  if (lease) {
    lease.startedThrough = Math.max(lease.startedThrough, startedThrough)
    if (lease.open > 0) putLease(tx, job, lease)
    else dropLease(tx, job, lease)
  }
  const completed = await change.write(tx, now)
  return { answers, held: lease !== undefined && lease.open > 0, control: control(job), completed }
}

interface Settling extends Omit<Settler, 'job'> {
  readonly change: JobChange
  readonly now: number
}

async function settleItem(tx: Tx, settling: Settling, settlement: Settlement): Promise<SettleAnswer> {
  const { change, token, lease, now } = settling
  const { job } = change
  const from = await standing(tx, { job, token, lease }, settlement)
  if (typeof from === 'string') return from
  const to = outcomeOf(settlement, { token, spent: true, now })
  writeOutcome(tx, job, { seq: settlement.seq, from, to })
  change.move(from, to)
  if (from.held && lease) {
    lease.open -= 1
    job.inFlight -= 1
  }
  return 'applied'
}
