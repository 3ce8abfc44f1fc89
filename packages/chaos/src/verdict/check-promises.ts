/** What else Broadside promises, as far as the processes' logs show it. */
import type { Call, ProcessLog } from '../evidence/process-log.js'
import type { Evidence, StoredJob } from './evidence.js'
import { CLOCKS_MS } from './explain-delivery.js'
import type { Finding } from './finding.js'
import type { LeaseHistory } from './lease-history.js'
import type { LedgerView } from './ledger-view.js'

export interface PromiseParams {
  readonly evidence: Evidence
  readonly ledger: LedgerView
  readonly leases: ReadonlyMap<string, LeaseHistory>
}

export function checkPromises(params: PromiseParams): readonly Finding[] {
  const { evidence } = params
  const calls = evidence.processes.flatMap((process) => process.calls)
  return [
    ...checkJobs(evidence),
    ...checkMarks(params),
    ...checkOver(params),
    ...checkStrangers(params),
    ...checkChannels(params),
    ...checkReaps(calls, params.leases),
    ...checkCompletions(calls),
    ...checkPauses(evidence.processes),
  ]
}

const broken = (text: string, more: Partial<Finding> = {}): Finding => ({ kind: 'promise', text, ...more })

/** However often it was asked for, each job is there once. */
function checkJobs({ plans, jobs }: Evidence): readonly Finding[] {
  return [...new Set([...plans, ...jobs.map(({ info }) => info)].map(({ name }) => name))].flatMap((name) => {
    const planned = plans.filter((plan) => plan.name === name).length
    const stored = jobs.filter(({ info }) => info.name === name).length
    return planned === stored ? [] : [broken(`${stored} jobs are named ${name}, not ${planned}`)]
  })
}

/** Nothing is handed to a provider before storage knows that it has started. */
function checkMarks({ evidence }: PromiseParams): readonly Finding[] {
  const items = new Map(evidence.jobs.flatMap(({ items: own }) => own.map(({ messageId, seq }) => [messageId, seq])))
  return evidence.handovers.flatMap(({ messages, startedThrough, boot, token }) =>
    messages
      .filter(({ messageId }) => (items.get(messageId) ?? -1) > startedThrough)
      .map(({ messageId }) =>
        broken(`${boot} sent it under ${token}, which was started through ${startedThrough}`, { messageId }),
      ),
  )
}

/** Nothing is handed to a provider by one who has been told that the lease is over. */
function checkOver({ evidence }: PromiseParams): readonly Finding[] {
  return evidence.handovers
    .filter(({ isOver }) => isOver)
    .flatMap(({ messages, boot, token }) =>
      messages.map(({ messageId }) =>
        broken(`${boot} sent it under ${token}, though it knew that to be over`, { messageId }),
      ),
    )
}

/** Nothing arrives that is nobody's item. */
function checkStrangers({ evidence, ledger }: PromiseParams): readonly Finding[] {
  const known = new Set(evidence.jobs.flatMap(({ items }) => items.map(({ messageId }) => messageId)))
  return [...ledger.taken.keys()]
    .filter((messageId) => !known.has(messageId))
    .map((messageId) => broken('arrived, and is no item', { messageId }))
}

/** An engine claims only jobs whose channels it carries. */
function checkChannels({ evidence, leases }: PromiseParams): readonly Finding[] {
  const channels = new Map(evidence.processes.map((process) => [process.boot, process.channels]))
  const wanted = new Map(evidence.jobs.map((job) => [job.info.id, channelOf(job, evidence)]))
  return [...leases.values()].flatMap(({ boot, jobId }) => {
    const channel = wanted.get(jobId)
    const isCarried = channel === undefined || channels.get(boot)?.includes(channel)
    return isCarried ? [] : [broken(`${boot} claimed from job ${jobId} without carrying ${channel}`)]
  })
}

function channelOf({ info }: StoredJob, { plans }: Evidence) {
  return plans.find(({ name }) => name === info.name)?.channel
}

/** No lease is ended before its time: not before the end that its holder was granted last, by the reaper's word and by our clock. */
function checkReaps(calls: readonly Call[], leases: ReadonlyMap<string, LeaseHistory>): readonly Finding[] {
  return calls.flatMap(({ ask, answer, endedAt = 0 }) => {
    if (ask.op !== 'reap' || answer?.op !== 'reap') return []
    const reapedAt = Math.min(ask.expiredAt, endedAt + CLOCKS_MS)
    return answer.leases.flatMap(({ token }) => {
      const early = (leases.get(token)?.endsAt ?? 0) - reapedAt
      return early > 0 ? [broken(`lease ${token} was ended ${early} ms before its time`)] : []
    })
  })
}

/** The end of a run is told once. */
function checkCompletions(calls: readonly Call[]): readonly Finding[] {
  const told = new Map<string, number>()
  for (const { ask, answer } of calls) {
    for (const jobId of completedBy(ask, answer)) told.set(jobId, (told.get(jobId) ?? 0) + 1)
  }
  return [...told].filter(([, times]) => times > 1).map(([job, times]) => broken(`completed ${times} times`, { job }))
}

function completedBy(ask: Call['ask'], answer: Call['answer']): readonly string[] {
  if (answer?.op === 'reap') return answer.leases.filter(({ completed }) => completed).map(({ jobId }) => jobId)
  return answer !== undefined && 'completed' in answer && answer.completed && 'jobId' in ask ? [ask.jobId] : []
}

/** From the answer to a pause until a resume is asked for, nothing is claimed. */
function checkPauses(processes: readonly ProcessLog[]): readonly Finding[] {
  const calls = processes.flatMap((process) => process.calls)
  const moves = calls.filter(({ ask }) => ask.op === 'transition').sort((a, b) => a.askedAt - b.askedAt)
  const claims = calls.filter(({ ask, answer }) => ask.op === 'claim' && answer?.op === 'claim' && answer.seqs !== '')
  return moves.flatMap((pause) => {
    const { ask, answer, endedAt = 0 } = pause
    if (ask.op !== 'transition' || ask.to !== 'paused' || answer?.op !== 'transition' || !answer.applied) return []
    const resume = moves.find((one) => isResumeOf(one, { jobId: ask.jobId, after: pause.askedAt }))
    const until = resume?.askedAt ?? Number.POSITIVE_INFINITY
    return claims
      .filter((claim) => isOf(claim, ask.jobId) && claim.askedAt > endedAt && (claim.endedAt ?? until) < until)
      .map(() => broken('claimed from while it was paused', { job: ask.jobId }))
  })
}

function isResumeOf(call: Call, { jobId, after }: { readonly jobId: string; readonly after: number }): boolean {
  return isOf(call, jobId) && call.ask.op === 'transition' && call.ask.from === 'paused' && call.askedAt >= after
}

function isOf({ ask }: Call, jobId: string): boolean {
  return 'jobId' in ask && ask.jobId === jobId
}
