import type { Claim, ExtendParams, ReapedLease, SettleParams, SettleResult, Storage } from '@broadside/core'
import type { EvidenceLog } from './evidence-log.js'
import type { LeaseBook } from './lease-book.js'
import type { Answer, SettledSeqs } from './record.js'
import { runsOf } from './runs.js'

type Watched = Pick<Storage, 'claim' | 'extend' | 'settle' | 'giveBack' | 'reap' | 'transitionJob'>

/** The storage, with a log of who was given what lease and what became of it. Changes nothing of what it does. */
export function evidenceStorage(storage: Storage, log: EvidenceLog, book: LeaseBook): Storage {
  const watched: Watched = { ...leaseCalls(storage, log, book), ...otherCalls(storage, log) }
  return new Proxy(storage, {
    get(target, name) {
      if (Object.hasOwn(watched, name)) return watched[name as keyof Watched]
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}

function leaseCalls(storage: Storage, log: EvidenceLog, book: LeaseBook) {
  const claim: Storage['claim'] = async (params) => {
    const { jobId, token, leaseUntil } = params
    const answer = await log.record({ op: 'claim', jobId, token, leaseUntil }, () => storage.claim(params), claimAnswer)
    if (answer !== undefined) book.claimed(answer)
    return answer
  }
  const extend: Storage['extend'] = async (params) => {
    const { jobId, token, leaseUntil } = params
    const told = ({ held }: { readonly held: boolean }) => ({ op: 'extend', held, ...markOf(params, held) }) as const
    const answer = await log.record({ op: 'extend', jobId, token, leaseUntil }, () => storage.extend(params), told)
    learn(book, params, answer.held)
    return answer
  }
  const settle: Storage['settle'] = async (params) => {
    const { jobId, token, settlements } = params
    const ask = { op: 'settle', jobId, token, seqs: runsOf(settlements.map(({ seq }) => seq)) } as const
    const answer = await log.record(
      ask,
      () => storage.settle(params),
      (result) => settleAnswer(params, result),
    )
    learn(book, params, answer.held)
    return answer
  }
  const giveBack: Storage['giveBack'] = async (params) => {
    const { jobId, token } = params
    const told = ({ held }: { readonly held: boolean }) => ({ op: 'give-back', held }) as const
    const answer = await log.record({ op: 'give-back', jobId, token }, () => storage.giveBack(params), told)
    book.ended(token)
    return answer
  }
  return { claim, extend, settle, giveBack }
}

function otherCalls(storage: Storage, log: EvidenceLog) {
  const reap: Storage['reap'] = (params) =>
    log.record({ op: 'reap', expiredAt: params.expiredAt }, () => storage.reap(params), reapAnswer)
  const transitionJob: Storage['transitionJob'] = (params) => {
    const { jobId, from, to } = params
    return log.record(
      { op: 'transition', jobId, from, to },
      () => storage.transitionJob(params),
      ({ applied, completed }) => ({ op: 'transition', applied, completed }),
    )
  }
  return { reap, transitionJob }
}

/** As the engine's own books have it: a mark counts when the answer says that the lease is held. */
function markOf({ startedThrough }: Pick<ExtendParams, 'startedThrough'>, held: boolean) {
  return held && startedThrough !== undefined ? { startedThrough } : {}
}

function learn(book: LeaseBook, params: Pick<ExtendParams, 'token' | 'startedThrough'>, held: boolean): void {
  if (!held) book.ended(params.token)
  else if (params.startedThrough !== undefined) book.started(params.token, params.startedThrough)
}

function claimAnswer(claim: Claim | undefined): Answer {
  const seqs = runsOf((claim?.items ?? []).map(({ seq }) => seq))
  return { op: 'claim', seqs, startedThrough: claim?.startedThrough ?? -1 }
}

function settleAnswer(params: SettleParams, { answers, held, completed }: SettleResult): Answer {
  const groups = new Map<
    string,
    { readonly to: SettledSeqs['to']; readonly answer: SettledSeqs['answer']; seqs: number[] }
  >()
  params.settlements.forEach(({ seq, to }, index) => {
    const answer = answers[index] ?? 'stale'
    const group = groups.get(`${to} ${answer}`)
    if (group === undefined) groups.set(`${to} ${answer}`, { to, answer, seqs: [seq] })
    else group.seqs.push(seq)
  })
  const outcomes = [...groups.values()].map(({ seqs, ...rest }) => ({ ...rest, seqs: runsOf(seqs) }))
  return { op: 'settle', held, completed, ...markOf(params, held), outcomes }
}

function reapAnswer(leases: readonly ReapedLease[]): Answer {
  return {
    op: 'reap',
    leases: leases.map(({ jobId, token, started, unstarted, completed }) => ({
      jobId,
      token,
      started,
      unstarted,
      completed,
    })),
  }
}
