import type { ItemRecord, JobRecord, SettleAnswer } from '@broadside/core'
import { describe, expect, it } from 'vitest'
import { newJob } from '../fixtures/new-job.js'
import { retry, sent } from '../fixtures/settlements.js'
import type { LedgerCall } from './ledger.js'
import type { WorkersRun } from './run-workers.js'
import {
  assertCompletedOnce,
  assertCounted,
  assertOneLeaseAnItem,
  assertReapedInTime,
  assertSettledOnce,
  assertTakenOver,
} from './verdicts.js'

const LEASE_UNTIL = 1_000

/** Calls as ledgers tell them; they begin at the first of two instants and are answered at the second, if they are. */
type When = readonly [from: number, answeredAt?: number]

function answered<T>(at: number | undefined, answer: T) {
  return at === undefined ? undefined : { at, answer }
}

function claim([from, at]: When, token: string, ...seqs: readonly number[]): LedgerCall {
  const asked = { token, leaseUntil: LEASE_UNTIL }
  return { worker: token.slice(0, 4), kind: 'claim', from, asked, answered: answered(at, { seqs }) }
}

function settle(
  [from, at]: When,
  token: string,
  seq: number,
  more: { answer?: SettleAnswer; again?: boolean } = {},
): LedgerCall {
  const { answer = 'applied', again = false } = more
  const settlement = again ? retry(seq, LEASE_UNTIL) : sent(seq, { receipt: token })
  const asked = { token, settlements: [settlement] }
  return {
    worker: token.slice(0, 4),
    kind: 'settle',
    from,
    asked,
    answered: answered(at, { answers: [answer], completed: false }),
  }
}

function reap([from, at]: When, expiredAt: number, ...tokens: readonly string[]): LedgerCall {
  const reaped = tokens.map((token) => ({ jobId: 'job-1', token, unstarted: 1, started: 0, completed: false }))
  return { worker: 'reaper', kind: 'reap', from, asked: { expiredAt }, answered: answered(at, { reaped }) }
}

function giveBack([from, at]: When, token: string): LedgerCall {
  return { worker: token.slice(0, 4), kind: 'giveBack', from, asked: { token }, answered: answered(at, { held: true }) }
}

function extend([from, at]: When, token: string, leaseUntil: number): LedgerCall {
  return {
    worker: token.slice(0, 4),
    kind: 'extend',
    from,
    asked: { token, leaseUntil },
    answered: answered(at, { held: true }),
  }
}

const COUNTERS = { received: 1, pending: 0, enqueued: 1, error: 0, skipped: 0, cancelled: 0, expired: 0, uncertain: 0 }

function run(calls: readonly LedgerCall[], more: Partial<WorkersRun> = {}): WorkersRun {
  const common = { status: 'completed', counters: COUNTERS, inFlight: 0 } as const
  const job: JobRecord = { ...newJob(), ...common, runNo: 1, ingestErrors: {}, channels: [] }
  return { job, items: [itemSentBy('anna-1')], calls, killed: [], ...more }
}

function itemSentBy(token: string): ItemRecord {
  const texts = { recipient: 'r', messageId: 'm', payload: '{}' }
  return { seq: 0, ...texts, status: 'enqueued', attempts: 1, receipt: token }
}

describe('one live lease an item', () => {
  const first = claim([0, 10], 'anna-1', 0)

  it.each([
    ['settled', settle([20, 30], 'anna-1', 0)],
    ['given back', giveBack([20, 30], 'anna-1')],
    ['reaped', reap([20, 30], LEASE_UNTIL, 'anna-1')],
    ['perhaps settled: its holder was killed', settle([20], 'anna-1', 0)],
    ['perhaps reaped: the reaper was killed', reap([20], LEASE_UNTIL)],
  ])('lets an item be claimed again once it was %s', (_, end) => {
    assertOneLeaseAnItem(run([first, end, claim([15, 25], 'bert-1', 0)]))
  })

  it.each([
    ['nothing has ended the first', []],
    ['the first was ended afterwards', [settle([30, 40], 'anna-1', 0)]],
    ['what was settled was another item', [settle([20, 22], 'anna-1', 1)]],
    ['the settle was not heard', [settle([20, 22], 'anna-1', 0, { answer: 'stale' })]],
    ['the lease that was reaped was another', [reap([20, 22], LEASE_UNTIL, 'cleo-1')]],
  ])('is broken by two leases when %s', (_, ends) => {
    const calls = [first, ...ends, claim([15, 25], 'bert-1', 0)]
    expect(() => assertOneLeaseAnItem(run(calls))).toThrow('handed out to bert-1 while anna-1 held it')
  })
})

describe('settled once', () => {
  const won = settle([20, 30], 'anna-1', 0)

  it('lets an item be settled for good once, after retries', () => {
    assertSettledOnce(
      run([settle([0, 5], 'bert-1', 0, { again: true }), won, settle([40, 50], 'bert-2', 0, { answer: 'stale' })]),
    )
  })

  it('lets an item be what one settle made of it that got no answer', () => {
    assertSettledOnce(run([settle([20], 'anna-1', 0)]))
  })

  it('is broken by two settles', () => {
    const calls = [won, settle([40, 50], 'bert-1', 0)]
    expect(() => assertSettledOnce(run(calls))).toThrow('was settled by anna-1 and by bert-1')
  })

  it('is broken by an item that nobody settled, or not so', () => {
    expect(() => assertSettledOnce(run([]))).toThrow('nobody')
    expect(() => assertSettledOnce(run([settle([20, 30], 'bert-1', 0)]))).toThrow('nobody')
  })
})

describe('counted', () => {
  it('is broken by counters that are off, a job that goes on, or items in flight', () => {
    const { job } = run([])
    assertCounted(run([]))
    const changes = [{ counters: { ...COUNTERS, enqueued: 2 } }, { status: 'processing' as const }, { inFlight: 1 }]
    for (const change of changes) expect(() => assertCounted(run([], { job: { ...job, ...change } }))).toThrow()
  })
})

describe('completed once', () => {
  const completing = (call: LedgerCall): LedgerCall => {
    if (call.kind !== 'settle' || !call.answered) throw new Error('it was answered')
    return { ...call, answered: { ...call.answered, answer: { ...call.answered.answer, completed: true } } }
  }
  const end = settle([20, 30], 'anna-1', 0)

  it('is told to one, or to nobody where an answer was lost', () => {
    assertCompletedOnce(run([completing(end)]))
    assertCompletedOnce(run([settle([20], 'anna-1', 0)]))
    expect(() => assertCompletedOnce(run([end]))).toThrow('told 0 times')
    expect(() => assertCompletedOnce(run([completing(end), completing(end)]))).toThrow('told 2 times')
  })
})

describe('reaped in time', () => {
  const calls = [claim([0, 10], 'anna-1', 0), extend([11, 12], 'anna-1', LEASE_UNTIL + 50)]

  it('lets a lease be reaped at its end, by the clock of the engines', () => {
    assertReapedInTime(run([...calls, reap([20, 30], LEASE_UNTIL + 50, 'anna-1')]))
    assertReapedInTime(
      run([...calls, extend([19, 21], 'anna-1', LEASE_UNTIL + 90), reap([20, 30], LEASE_UNTIL + 50, 'anna-1')]),
    )
  })

  it('is broken by a reap before the end that was promised, and by a second one', () => {
    const early = reap([20, 30], LEASE_UNTIL, 'anna-1')
    const late = reap([20, 30], LEASE_UNTIL + 50, 'anna-1')
    expect(() => assertReapedInTime(run([...calls, early]))).toThrow('50 ms too early')
    expect(() => assertReapedInTime(run([...calls, late, late]))).toThrow('reaped twice')
  })
})

describe('taken over', () => {
  const killed = ['anna']
  const held = claim([0, 10], 'anna-1', 0)
  const reaped = reap([20, 30], LEASE_UNTIL, 'anna-1')

  it('is what a killed worker held and others claimed after a reap', () => {
    assertTakenOver(run([held, reaped, claim([31, 40], 'bert-1', 0)], { killed }))
    assertTakenOver(run([held, reap([20], LEASE_UNTIL), claim([31, 40], 'bert-1', 0)], { killed }))
    assertTakenOver(run([held, settle([12], 'anna-1', 0)], { killed }))
  })

  it('is broken when nobody took it, or without a reap', () => {
    expect(() => assertTakenOver(run([held, reaped], { killed }))).toThrow('reaped and claimed by another')
    expect(() => assertTakenOver(run([held, claim([31, 40], 'bert-1', 0)], { killed }))).toThrow('reaped and claimed')
  })
})
