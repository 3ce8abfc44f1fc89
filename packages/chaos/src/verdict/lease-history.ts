import type { Call, ProcessLog } from '../evidence/process-log.js'
import type { Answer, Ask } from '../evidence/record.js'
import { RunSet } from '../evidence/runs.js'

/** What became of one lease, as far as the process that held it was told. */
export interface LeaseHistory {
  readonly token: string
  readonly jobId: string
  readonly boot: string
  /** When the claim was asked for and answered. */
  readonly askedAt: number
  readonly claimedAt: number
  readonly seqs: RunSet
  /** The highest `seq` that storage has acknowledged as started. */
  readonly startedThrough: number
  /** The end of the lease that storage acknowledged last. */
  readonly endsAt: number
  /** Items whose settling storage has acknowledged: it took them from this lease, as what. */
  readonly settled: readonly { readonly to: string; readonly seqs: RunSet }[]
  /** Stretches in which it asked storage for something and got no answer; the last may have no end. */
  readonly silences: readonly Silence[]
}

export interface Silence {
  readonly from: number
  readonly until: number
}

/** The leases that processes know to have had, in the order in which they were asked for. */
export function leaseHistories(processes: readonly ProcessLog[]): ReadonlyMap<string, LeaseHistory> {
  const histories: LeaseHistory[] = []
  for (const { boot, calls } of processes) {
    for (const [token, own] of callsByToken(calls)) {
      const history = historyOf({ token, boot, calls: own })
      if (history !== undefined) histories.push(history)
    }
  }
  histories.sort((a, b) => a.askedAt - b.askedAt)
  return new Map(histories.map((history) => [history.token, history]))
}

function callsByToken(calls: readonly Call[]): ReadonlyMap<string, readonly Call[]> {
  const byToken = new Map<string, Call[]>()
  for (const call of calls) {
    if (!('token' in call.ask)) continue
    const list = byToken.get(call.ask.token)
    if (list === undefined) byToken.set(call.ask.token, [call])
    else list.push(call)
  }
  return byToken
}

interface OwnCalls {
  readonly token: string
  readonly boot: string
  readonly calls: readonly Call[]
}

function historyOf({ token, boot, calls }: OwnCalls): LeaseHistory | undefined {
  const [first] = calls
  if (first === undefined || first.ask.op !== 'claim' || first.endedAt === undefined) return undefined
  if (first.answer?.op !== 'claim' || first.answer.seqs === '') return undefined
  const answered = calls.flatMap(({ ask, answer }) => (answer === undefined ? [] : [{ ask, answer }]))
  return {
    token,
    boot,
    jobId: first.ask.jobId,
    askedAt: first.askedAt,
    claimedAt: first.endedAt,
    seqs: new RunSet(first.answer.seqs),
    startedThrough: Math.max(...answered.map(({ answer }) => markIn(answer))),
    endsAt: Math.max(...answered.map(({ ask, answer }) => endIn(ask, answer))),
    settled: answered.flatMap(({ answer }) => settledIn(answer)),
    silences: silencesOf(calls),
  }
}

function markIn(answer: Answer): number {
  return 'startedThrough' in answer ? (answer.startedThrough ?? -1) : -1
}

function endIn(ask: Ask, answer: Answer): number {
  const isGranted = answer.op === 'claim' || (answer.op === 'extend' && answer.held)
  return isGranted && 'leaseUntil' in ask ? ask.leaseUntil : Number.NEGATIVE_INFINITY
}

function settledIn(answer: Answer): LeaseHistory['settled'] {
  if (answer.op !== 'settle') return []
  return answer.outcomes
    .filter((outcome) => outcome.answer !== 'stale')
    .map(({ to, seqs }) => ({ to, seqs: new RunSet(seqs) }))
}

/** Of one lease, one call is under way at a time; one that failed is made again. */
function silencesOf(calls: readonly Call[]): readonly Silence[] {
  const silences: Silence[] = []
  let from: number | undefined
  for (const { askedAt, endedAt, answer } of calls) {
    from ??= askedAt
    if (answer === undefined || endedAt === undefined) continue
    silences.push({ from, until: endedAt })
    from = undefined
  }
  return from === undefined ? silences : [...silences, { from, until: Number.POSITIVE_INFINITY }]
}
