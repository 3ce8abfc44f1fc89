import { FRESH_FREE, type ReviseItemsParams, type ReviseItemsResult } from '@broadside/core'
import { findJob, jobRecord } from './find-job.js'
import { JobChange } from './job-change.js'
import type { Outcome } from './outcome.js'
import { refusal } from './refusal.js'
import { type Candidate, revisionCandidates } from './revision-candidates.js'
import type { Tx } from './tx.js'
import { writeOutcome } from './write-outcome.js'

export async function reviseItems(tx: Tx, params: ReviseItemsParams): Promise<ReviseItemsResult> {
  const { jobId, from, jobTo, runNo, now } = params
  const job = await findJob(tx, jobId)
  if (job?.status !== from) return { ...(await refusal(tx, job)), changed: 0 }
  const change = new JobChange(job)
  let changed = 0
  for await (const candidate of revisionCandidates(tx, job, params)) {
    revise(tx, change, { candidate, params })
    changed += 1
  }
  if (changed > 0 && jobTo !== undefined) job.runNo = runNo ?? job.runNo
  const completed = changed > 0 && (await change.write(tx, now, jobTo))
  return { applied: true, completed, changed, job: await jobRecord(tx, job) }
}

interface Revision {
  readonly candidate: Candidate
  readonly params: ReviseItemsParams
}

function revise(tx: Tx, change: JobChange, { candidate, params }: Revision): void {
  const { seq, outcome } = candidate
  const from = outcome ?? FRESH_FREE
  const to = revised(outcome, params)
  writeOutcome(tx, change.job, { seq, from, to })
  change.move(from, to)
}

/** No earlier token is heard of what a revision has made of an item. */
function revised(outcome: Outcome | undefined, { to, code, reason, now }: ReviseItemsParams): Outcome {
  const state = { status: to, held: false, token: undefined, spent: false }
  if (to === 'pending') return { ...state, attempts: 0, nextAttemptAt: now }
  const { attempts = 0, channel, receipt, trail }: Partial<Outcome> = outcome ?? {}
  const why = to === 'error' ? { code, reason } : {}
  return { ...state, ...why, attempts, channel, receipt, trail, settledAt: now }
}
