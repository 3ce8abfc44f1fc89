import assert from 'node:assert/strict'
import type { ItemRecord, Settlement } from '@broadside/core'
import { holdsOf } from './holds.js'
import { type CallOf, callsOf, type LedgerCall } from './ledger.js'
import type { WorkersRun } from './run-workers.js'

/** Checks that no two leases held an item at the same time. */
export function assertOneLeaseAnItem({ calls }: WorkersRun): void {
  for (const [seq, holds] of holdsOf(calls)) {
    const inOrder = [...holds].sort((a, b) => a.from - b.from)
    for (const [index, hold] of inOrder.entries()) {
      const next = inOrder[index + 1]
      if (!next || hold.to <= hold.from) continue
      assert.ok(
        next.from >= hold.to || next.to <= next.from,
        `item ${seq} was handed out to ${next.token} while ${hold.token} held it`,
      )
    }
  }
}

/** A settlement that came about, or may have: its worker was killed before it was told. */
interface Settled {
  readonly token: string
  readonly settlement: Settlement
  readonly isCertain: boolean
}

/** Checks that each item was settled for good once, and is what that settlement made of it. */
export function assertSettledOnce({ calls, items }: WorkersRun): void {
  const settled = callsOf(calls, 'settle').flatMap(settledBy)
  for (const item of items) {
    const final = settled.filter(({ settlement }) => settlement.seq === item.seq && settlement.to !== 'pending')
    const certain = final.filter(({ isCertain }) => isCertain)
    assert.ok(
      certain.length <= 1,
      `item ${item.seq} was settled by ${certain.map(({ token }) => token).join(' and by ')}`,
    )
    const possible = certain.length > 0 ? certain : final
    assert.ok(
      possible.some((one) => isResultOf(item, one)),
      `item ${item.seq} reads ${item.status}, attempts ${item.attempts}, receipt ${item.receipt}, which nobody's settle made it`,
    )
  }
}

function settledBy({ asked, answered }: CallOf<'settle'>): readonly Settled[] {
  return asked.settlements.flatMap((settlement, index) => {
    const answer = answered?.answer.answers[index]
    if (answered && answer !== 'applied') return []
    return [{ token: asked.token, settlement, isCertain: answered !== undefined }]
  })
}

function isResultOf(item: ItemRecord, { settlement }: Settled): boolean {
  const { to, attempts, receipt } = settlement
  return item.status === to && item.attempts === attempts && item.receipt === receipt
}

/** Checks that all of the job went out, and that its counters say so. */
export function assertCounted({ job, items }: WorkersRun): void {
  const { received, enqueued, pending } = job.counters
  assert.deepEqual({ received, enqueued, pending }, { received: items.length, enqueued: items.length, pending: 0 })
  assert.deepEqual([job.status, job.inFlight], ['completed', 0])
}

/** Checks that one call was told that it had completed the job: none only where that one may have got no answer. */
export function assertCompletedOnce({ calls }: WorkersRun): void {
  const told = calls.reduce((sum, call) => sum + completions(call), 0)
  const mayBeLost = calls.some(({ kind, answered }) => kind === 'settle' && !answered)
  assert.ok(told === 1 || (told === 0 && mayBeLost), `the end of the job was told ${told} times`)
}

function completions(call: LedgerCall): number {
  if (call.kind === 'settle') return call.answered?.answer.completed ? 1 : 0
  if (call.kind !== 'reap') return 0
  return (call.answered?.answer.reaped ?? []).filter(({ completed }) => completed).length
}

/** Checks that no lease was reaped before the end that its holder had been promised. */
export function assertReapedInTime({ calls }: WorkersRun): void {
  const reaped = new Set<string>()
  for (const { from, asked, answered } of callsOf(calls, 'reap')) {
    for (const { token } of answered?.answer.reaped ?? []) {
      const promised = promisedEnd(calls, token, from)
      assert.ok(promised <= asked.expiredAt, `the lease ${token} was reaped ${promised - asked.expiredAt} ms too early`)
      assert.ok(!reaped.has(token), `the lease ${token} was reaped twice`)
      reaped.add(token)
    }
  }
}

/** The end of a lease, in ms since the epoch, as its holder knew it at `before`. */
function promisedEnd(calls: readonly LedgerCall[], token: string, before: number): number {
  const ends = calls.flatMap((call) => {
    if (call.kind !== 'claim' && call.kind !== 'extend') return []
    const isHeld = call.kind === 'claim' || call.answered?.answer.held === true
    const isKnown = call.answered !== undefined && call.answered.at < before
    return call.asked.token === token && isHeld && isKnown ? [call.asked.leaseUntil] : []
  })
  return Math.max(Number.NEGATIVE_INFINITY, ...ends)
}

/** Checks that what killed workers held was settled by others, and that a reap came between. */
export function assertTakenOver({ calls, killed }: WorkersRun): void {
  const claims = callsOf(calls, 'claim')
  const reaps = callsOf(calls, 'reap')
  const holds = [...holdsOf(calls).values()].flat()
  const abandoned = claims
    .filter(({ worker }) => killed.includes(worker))
    .flatMap(({ asked }) => holds.filter(({ token }) => token === asked.token))
    .filter(({ token, seq }) => !isSettledBy(calls, token, seq))
  for (const { token, seq } of abandoned) {
    const certain = reaps.find(({ answered }) => answered?.answer.reaped.some((lease) => lease.token === token))
    const reap = certain ?? reaps.find(({ answered }) => !answered)
    const next = claims.find(({ asked, answered }) => {
      return asked.token !== token && answered?.answer.seqs.includes(seq) && answered.at > (reap?.from ?? Infinity)
    })
    assert.ok(reap && next, `item ${seq} of the killed ${token} was reaped and claimed by another`)
  }
}

function isSettledBy(calls: readonly LedgerCall[], token: string, seq: number): boolean {
  return calls.some((call) => {
    if (call.kind === 'giveBack') return call.asked.token === token
    if (call.kind !== 'settle' || call.asked.token !== token) return false
    return call.asked.settlements.some((settlement) => settlement.seq === seq)
  })
}
