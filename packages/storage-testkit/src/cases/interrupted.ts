import assert from 'node:assert/strict'
import type { Storage, StorageCapabilities } from '@broadside/core'
import { type CaseBody, caseGroup } from '../conformance-case.js'
import { claim, seqsIn } from '../fixtures/claims.js'
import { LEASE_MS, START } from '../fixtures/instants.js'
import { jobOf, runningJob } from '../fixtures/jobs.js'
import { AFTER_LEASE, reap } from '../fixtures/leases.js'
import { seqsOf } from '../fixtures/pages.js'
import { plain } from '../fixtures/plain.js'
import type { Harness } from '../harness.js'
import { InterruptedCalls } from '../interruption/interrupt-calls.js'
import { SCENARIOS, type Scenario } from '../interruption/scenarios.js'

function needs(_: StorageCapabilities, harness: Harness): string | undefined {
  return harness.interrupt ? undefined : 'the harness interrupts no calls'
}

function interrupting(scenario: Scenario): CaseBody {
  return {
    guarantee: `${scenario.what}, interrupted at any statement, has done nothing or has done all; so too when the answer of its commit is lost`,
    needs: (capabilities, harness) => needs(capabilities, harness) ?? scenario.needs?.(capabilities, harness),
    check: async (storage, harness) => {
      const calls = new InterruptedCalls({ storage, harness, scenario })
      await calls.atEachStatement()
      if (!LEFT_TO_THEIR_LEASE.has(scenario)) await calls.withoutAnswer()
    },
  }
}

/** A claim is not made again: nobody knows what it got. */
const LEFT_TO_THEIR_LEASE: ReadonlySet<Scenario | undefined> = new Set([SCENARIOS.claim, SCENARIOS['claim-retries']])

export const INTERRUPTED_CASES = caseGroup('interrupted', {
  ...Object.fromEntries(Object.entries(SCENARIOS).map(([name, scenario]) => [name, interrupting(scenario)])),
  'a-claim-without-answer': {
    guarantee:
      'A claim whose answer is lost holds its items until its lease runs out, and then they are free again: or it holds nothing',
    needs,
    check: async (storage, harness) => {
      const jobId = await runningJob(storage, { items: 6 })
      const lost = { jobId, token: 'lost', limit: 4, start: 1 }
      const takeBack = harness.interrupt?.(storage, { of: 'commit-answer', nth: 1 })
      const claimed = await claim(storage, lost).catch(() => undefined)
      const wasLost = takeBack?.() === true && !claimed
      const { inFlight } = await jobOf(storage, jobId)
      assert.ok(inFlight === 4 || (wasLost && inFlight === 0), `${inFlight} items are in flight`)
      await assertEnds(storage, { jobId, inFlight })
    },
  },
})

async function assertEnds(storage: Storage, { jobId, inFlight }: { jobId: string; inFlight: number }): Promise<void> {
  const { nextAt } = await storage.listClaimable({ now: START, channels: ['email'], limit: 1 })
  if (inFlight > 0) assert.equal(nextAt, START + LEASE_MS, 'the end of the lease is the next instant')
  const reaped = plain(
    await reap(storage, { decide: ({ seq }) => ({ seq, to: 'pending', attempts: 1, nextAttemptAt: START }) }),
  )
  const lease = { jobId, token: 'lost', unstarted: 3, started: 1, completed: false }
  assert.deepEqual(reaped, inFlight > 0 ? [lease] : [])
  const seqs: number[] = []
  for (let round = 0; seqs.length < 6; round += 1) {
    for (const source of ['range', 'retries'] as const) {
      const params = { jobId, source, wave: 0, limit: 6, start: 0, token: `${source}-${round}`, now: AFTER_LEASE }
      seqs.push(...seqsIn(await storage.claim({ ...params, leaseUntil: AFTER_LEASE + LEASE_MS })))
    }
    assert.ok(round < 6, 'all items are handed out again')
  }
  assert.deepEqual(
    seqs.sort((a, b) => a - b),
    await seqsOf(storage, jobId),
  )
}
