import { deadlineAt } from '../domain/deadline.js'
import { parseSendingState } from '../domain/sending-state.js'
import { ITEM_CODES } from '../model/item.js'
import type { JobRecord } from '../storage/job-record.js'
import type { SendingRecord } from '../storage/sending-record.js'
import type { UncertainDecision } from './job-commands.js'
import { seenProgress } from './progress-step.js'
import { type SendingStep, type StepContext, transitionStep } from './sending-step.js'

export interface RetryStepParams extends StepContext {
  readonly job: JobRecord
  readonly statuses: readonly ('error' | 'uncertain')[]
}

/** Transmitted → transmitting, with those items taken up again. A deadline that has passed was that of the run before. */
export function retryStep(record: SendingRecord, { job, statuses, ...context }: RetryStepParams): SendingStep {
  const { now, zone } = context
  const { progress: _, deadlineAt: endsAt, ...before } = parseSendingState(record.state)
  const { deadline } = record.definition
  const next = typeof deadline === 'object' ? deadlineAt({ deadline, lastDueAt: now, zone }) : endsAt
  const state = { ...before, ...(next !== undefined && next > now && { deadlineAt: next }) }
  const { progress } = seenProgress(record, { ...context, job, state })
  return {
    ...transitionStep({ ...record, finishedAt: undefined }, 'retryFailed', {
      ...context,
      state: { ...state, progress },
    }),
    job: { type: 'revise', from: 'completed', statuses, to: 'pending', jobTo: 'processing', runNo: job.runNo + 1 },
  }
}

export interface ResolveStepParams extends StepContext {
  readonly job: JobRecord
  readonly seqs: readonly number[]
  readonly decision: UncertainDecision
}

/** What a person decided about items of unknown outcome. To send them again, a transmitted sending goes on. */
export function resolveStep(
  record: SendingRecord,
  { job, seqs, decision, ...context }: ResolveStepParams,
): SendingStep {
  const base = { type: 'revise', from: job.status, statuses: ['uncertain'], seqs } as const
  const settled = { events: [], after: record }
  if (decision === 'sent') return { ...settled, job: { ...base, to: 'enqueued' } }
  if (decision === 'drop') {
    const reason = 'a person decided not to send it'
    return { ...settled, job: { ...base, to: 'error', code: ITEM_CODES.dropped, reason } }
  }
  if (record.status !== 'transmitted' && (job.status === 'processing' || job.status === 'paused')) {
    return { ...settled, job: { ...base, to: 'pending' } }
  }
  const { events, after } = retryStep(record, { ...context, job, statuses: ['uncertain'] })
  return { events, after, job: { ...base, to: 'pending', jobTo: 'processing', runNo: job.runNo + 1 } }
}
