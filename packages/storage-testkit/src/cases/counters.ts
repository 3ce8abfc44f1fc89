import assert from 'node:assert/strict'
import { caseGroup } from '../conformance-case.js'
import { assertConsistent } from '../fixtures/assert-consistent.js'
import { claimedJob } from '../fixtures/claimed-job.js'
import { claim, claimRetries, seqsIn } from '../fixtures/claims.js'
import { START } from '../fixtures/instants.js'
import { jobOf } from '../fixtures/jobs.js'
import { AFTER_LEASE, reap } from '../fixtures/leases.js'
import { rejected, retry, sent, settle, skipped, uncertain } from '../fixtures/settlements.js'

export const COUNTERS_CASES = caseGroup('counters', {
  'exact-at-every-step': {
    guarantee: 'After every call counters add up and equal what listItems reads',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 12, { limit: 8, start: 3 })
      const [a = -1, b = -1, c = -1, d = -1, e = -1] = seqs
      const step = async (call: Promise<unknown>) => {
        await call
        await assertConsistent(storage)
      }
      await step(settle(storage, { jobId, token: 'a', settlements: [sent(a), rejected(b), retry(c, START)] }))
      await step(settle(storage, { jobId, token: 'a', settlements: [skipped(d), uncertain(e)] }))
      await step(claim(storage, { jobId, token: 'b', limit: 2 }))
      await step(claimRetries(storage, { jobId, token: 'c' }))
      await step(storage.giveBack({ jobId, token: 'b', now: START }))
      await step(reap(storage))
      await step(settle(storage, { jobId, token: 'a', now: AFTER_LEASE, settlements: [sent(e)] }))
      await step(
        storage.closeJob({ jobId, from: 'processing', to: 'cancelled', closedAs: 'expired', now: AFTER_LEASE }),
      )
    },
  },
  'replays-do-not-count': {
    guarantee: 'Repeats, stale settles and late ones never count an item twice, nor anything below zero',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 3)
      const settlements = seqs.map((seq) => sent(seq))
      for (const token of ['a', 'a', 'b', 'a']) await settle(storage, { jobId, token, settlements })
      await reap(storage)
      await settle(storage, { jobId, token: 'a', now: AFTER_LEASE, settlements })
      const { counters, inFlight } = await jobOf(storage, jobId)
      assert.deepEqual(
        { received: counters.received, enqueued: counters.enqueued, pending: counters.pending, inFlight },
        { received: 3, enqueued: 3, pending: 0, inFlight: 0 },
      )
    },
  },
  'in-flight-follows-leases': {
    guarantee:
      'inFlight counts the open items that a lease covers: not those settled, given back, reaped or settled late',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 6, { limit: 4 })
      const inFlight = async () => (await jobOf(storage, jobId)).inFlight
      const [a = -1, b = -1, c = -1] = seqs
      await settle(storage, { jobId, token: 'a', settlements: [sent(a), retry(b, START)] })
      assert.equal(await inFlight(), 2)
      await claimRetries(storage, { jobId, token: 'b' })
      assert.equal(await inFlight(), 3)
      await storage.giveBack({ jobId, token: 'b', now: START })
      assert.equal(await inFlight(), 2)
      await reap(storage)
      assert.equal(await inFlight(), 0)
      await settle(storage, { jobId, token: 'a', now: AFTER_LEASE, settlements: [sent(c)] })
      assert.equal(await inFlight(), 0)
    },
  },
  'many-hands': {
    guarantee: 'Counters are exact after many concurrent claims and settles',
    check: async (storage) => {
      const { jobId } = await claimedJob(storage, 200, { limit: 1 })
      const worker = async (name: string) => {
        for (let round = 0; ; round += 1) {
          const token = `${name}-${round}`
          const claimed = await storage
            .claim({ jobId, source: 'range', wave: 0, limit: 7, start: 7, token, now: START, leaseUntil: AFTER_LEASE })
            .then(seqsIn)
          if (claimed.length === 0) return
          const settlements = claimed.map((seq) => (seq % 3 === 0 ? rejected(seq) : sent(seq)))
          await Promise.all([
            settle(storage, { jobId, token, settlements: settlements.slice(0, 4) }),
            settle(storage, { jobId, token, settlements: settlements.slice(4) }),
          ])
        }
      }
      await Promise.all(['p', 'q', 'r', 's'].map(worker))
      const { counters, inFlight } = await jobOf(storage, jobId)
      assert.deepEqual(
        { received: counters.received, pending: counters.pending, inFlight },
        { received: 200, pending: 1, inFlight: 1 },
      )
      assert.equal(counters.enqueued + counters.error, 199)
    },
  },
  codes: {
    guarantee: 'countCodes counts the items that carry each code, as they read; a code that is gone is not counted',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 7, { limit: 6 })
      const [a = -1, b = -1, c = -1, d = -1, e = -1, f = -1] = seqs
      const codes = async () => ({ ...(await storage.countCodes(jobId)) })
      assert.deepEqual(await codes(), {})
      const settlements = [
        rejected(a, { code: 'X' }),
        rejected(b, { code: 'X' }),
        skipped(c, { code: 'Y' }),
        uncertain(d),
        sent(e),
        retry(f, START, { code: 'SMTP_450' }),
      ]
      await settle(storage, { jobId, token: 'a', settlements })
      assert.deepEqual(await codes(), { X: 2, Y: 1, OUTCOME_UNKNOWN: 1, SMTP_450: 1 })
      await settle(storage, { jobId, token: 'a', settlements: [sent(d)] })
      assert.deepEqual(await codes(), { X: 2, Y: 1, SMTP_450: 1 })
      await claimRetries(storage, { jobId, token: 'b' })
      await settle(storage, { jobId, token: 'b', settlements: [sent(f)] })
      assert.deepEqual(await codes(), { X: 2, Y: 1 })
      const close = { from: 'processing', to: 'failed', closedAs: 'error', code: 'X', now: START } as const
      await storage.closeJob({ jobId, ...close })
      assert.deepEqual(await codes(), { X: 3, Y: 1 })
    },
  },
  'odd-codes': {
    guarantee: 'Any text is a code',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 4)
      const codes = ['__proto__', 'constructor', '', 'ünï']
      const settlements = seqs.map((seq, index) => rejected(seq, { code: codes[index] }))
      await settle(storage, { jobId, token: 'a', settlements })
      assert.deepEqual(Object.entries(await storage.countCodes(jobId)).sort(), codes.map((code) => [code, 1]).sort())
    },
  },
})
