import type { TransitionJobParams, TransitionResult } from '@broadside/core'
import { findJob, jobRecord } from './find-job.js'
import { JobChange } from './job-change.js'
import type { JobContent, JobRow } from './job-row.js'
import { KEYS } from './keys.js'
import { refusal } from './refusal.js'
import type { Tx } from './tx.js'

export async function transitionJob(tx: Tx, params: TransitionJobParams): Promise<TransitionResult> {
  const { jobId, from, to, now, set = {} } = params
  const job = await findJob(tx, jobId)
  if (job?.status !== from) return refusal(tx, job)
  await setFields(tx, job, set)
  const completed = await new JobChange(job).write(tx, now, to)
  return { applied: true, completed, job: await jobRecord(tx, job) }
}

async function setFields(tx: Tx, job: JobRow, set: NonNullable<TransitionJobParams['set']>): Promise<void> {
  const { runNo = job.runNo, startedAt = job.startedAt, channels = job.channels, prepared } = set
  Object.assign(job, { runNo, startedAt, channels })
  if (prepared === undefined) return
  const content = await tx.get<JobContent>(KEYS.content(job.key))
  tx.put(KEYS.content(job.key), { ...content, prepared })
}
