import assert from 'node:assert/strict'
import { caseGroup } from '../conformance-case.js'
import { claimedJob } from '../fixtures/claimed-job.js'
import { claim, claimRetries, nothingToClaim, seqsIn, tryClaim } from '../fixtures/claims.js'
import { LEASE_MS, START } from '../fixtures/instants.js'
import { jobOf } from '../fixtures/jobs.js'
import { AFTER_LEASE, reap } from '../fixtures/leases.js'
import { allItems } from '../fixtures/pages.js'
import { rejected, retry, sent, settle, skipped, uncertain } from '../fixtures/settlements.js'

const now = AFTER_LEASE

export const SETTLE_LATE_CASES = caseGroup('settle', {
  'late-but-not-reaped': {
    guarantee: 'A settle after the lease’s end is accepted: the token is compared and nothing else',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 2)
      const [first = -1] = seqs
      const result = await settle(storage, { jobId, token: 'a', now, settlements: [sent(first)] })
      assert.deepEqual({ answers: result.answers, held: result.held }, { answers: ['applied'], held: true })
    },
  },
  'late-after-a-reap': {
    guarantee: 'A settle after a reap is accepted while nobody has claimed the item, started or not',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 4, { start: 2 })
      const [a = -1, b = -1, c = -1, d = -1] = seqs
      await reap(storage, { decide: (item) => retry(item.seq, now + 1000, { attempts: 1 }) })
      const settlements = [sent(a), rejected(b), sent(c), retry(d, now + 5)]
      const result = await settle(storage, { jobId, token: 'a', now, settlements })
      assert.deepEqual(
        { answers: result.answers, held: result.held },
        { answers: ['applied', 'applied', 'applied', 'applied'], held: false },
      )
      const { counters, inFlight } = await jobOf(storage, jobId)
      assert.deepEqual(
        { enqueued: counters.enqueued, error: counters.error, pending: counters.pending, inFlight },
        { enqueued: 2, error: 1, pending: 1, inFlight: 0 },
      )
      await nothingToClaim(storage, { jobId, token: 'b', now })
      const retries = await claimRetries(storage, { jobId, token: 'c', now: now + 5000 })
      assert.deepEqual(seqsIn(retries), [d], 'what was settled late is not tried again')
    },
  },
  'a-late-retry-leaves-its-range': {
    guarantee:
      'An item of a range that came back and is then settled late, a retry included, is not in that range any more',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 4, { limit: 3 })
      const [a = -1, b = -1, c = -1] = seqs
      await storage.giveBack({ jobId, token: 'a', now: START })
      await settle(storage, { jobId, token: 'a', settlements: [retry(b, START + 100)] })
      assert.deepEqual(seqsIn(await claim(storage, { jobId, token: 'b', limit: 3 })).slice(0, 2), [a, c])
      await nothingToClaim(storage, { jobId, token: 'c', source: 'retries' })
      assert.deepEqual(seqsIn(await claimRetries(storage, { jobId, token: 'd', now: START + 100 })), [b])
    },
  },
  'a-late-retry-has-one-place': {
    guarantee:
      'An item that a reap put back and that is then settled late as a retry is due when the late settle says, once',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 2, { limit: 1, start: 1 })
      const [a = -1] = seqs
      await reap(storage, { decide: (item) => retry(item.seq, now + 10) })
      await settle(storage, { jobId, token: 'a', now, settlements: [retry(a, now + 50)] })
      await nothingToClaim(storage, { jobId, token: 'b', source: 'retries', now: now + 49 })
      await claim(storage, { jobId, token: 'c', now })
      const list = await storage.listClaimable({ now: now + 10, channels: ['email'], limit: 9 })
      assert.deepEqual({ length: list.ready.length, nextAt: list.nextAt }, { length: 0, nextAt: now + 50 })
      assert.deepEqual(seqsIn(await claimRetries(storage, { jobId, token: 'd', now: now + 50 })), [a])
      await nothingToClaim(storage, { jobId, token: 'e', source: 'retries', now: now + 50 })
    },
  },
  'late-replay-after-a-reap': {
    guarantee: 'A late settle that was applied is `already` when repeated',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 2)
      await reap(storage)
      const late = () => settle(storage, { jobId, token: 'a', now, settlements: seqs.map((seq) => sent(seq)) })
      const first = await late()
      assert.deepEqual(
        { answers: first.answers, completed: first.completed },
        { answers: ['applied', 'applied'], completed: true },
      )
      const second = await late()
      assert.deepEqual(
        { answers: second.answers, completed: second.completed },
        { answers: ['already', 'already'], completed: false },
      )
    },
  },
  'late-after-a-give-back': {
    guarantee: 'A settle after a give-back is accepted while nobody has claimed the item',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 2)
      const [a = -1, b = -1] = seqs
      await storage.giveBack({ jobId, token: 'a', now: START })
      assert.deepEqual((await settle(storage, { jobId, token: 'a', settlements: [sent(b)] })).answers, ['applied'])
      assert.deepEqual(seqsIn(await claim(storage, { jobId, token: 'b' })), [a])
    },
  },
  'an-expired-worker-does-not-settle-the-next-one’s-attempt': {
    guarantee: 'Once another has claimed the item, the old token is stale and the live attempt stays as it is',
    check: async (storage) => {
      const { jobId } = await claimedJob(storage, 1)
      await reap(storage)
      const [seq = -1] = seqsIn(await claim(storage, { jobId, token: 'b', now }))
      const late = await settle(storage, { jobId, token: 'a', now, settlements: [rejected(seq)] })
      assert.deepEqual({ answers: late.answers, held: late.held }, { answers: ['stale'], held: false })
      assert.equal((await jobOf(storage, jobId)).inFlight, 1)
      const { answers } = await settle(storage, { jobId, token: 'b', now, settlements: [sent(seq)] })
      assert.deepEqual(answers, ['applied'])
    },
  },
  'an-expired-worker-does-not-lose-the-item': {
    guarantee: 'After a stale settle, an item whose next worker fails too is tried again',
    check: async (storage) => {
      const { jobId } = await claimedJob(storage, 1)
      await reap(storage)
      const [seq = -1] = seqsIn(await claim(storage, { jobId, token: 'b', now }))
      await settle(storage, { jobId, token: 'a', now, settlements: [sent(seq)] })
      await settle(storage, { jobId, token: 'b', now, settlements: [retry(seq, now + 1)] })
      assert.deepEqual(seqsIn(await claimRetries(storage, { jobId, token: 'c', now: now + 1 })), [seq])
    },
  },
  'only-the-last-holder-is-heard': {
    guarantee: 'An item that a second lease gave back is open to that one’s token, no longer to the first’s',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 1)
      const settlements = seqs.map((seq) => sent(seq))
      await reap(storage)
      await claim(storage, { jobId, token: 'b', now })
      await storage.giveBack({ jobId, token: 'b', now })
      assert.deepEqual((await settle(storage, { jobId, token: 'a', now, settlements })).answers, ['stale'])
      assert.deepEqual((await settle(storage, { jobId, token: 'b', now, settlements })).answers, ['applied'])
    },
  },
  'a-retry-claimed-by-another-is-not-its-first-token’s': {
    guarantee: 'A retry that another lease holds is not settled by the token that had it first',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 1)
      const [seq = -1] = seqs
      await settle(storage, { jobId, token: 'a', settlements: [retry(seq, START)] })
      await claimRetries(storage, { jobId, token: 'b' })
      const { answers } = await settle(storage, { jobId, token: 'a', settlements: [sent(seq)] })
      assert.notEqual(answers[0], 'applied')
      assert.equal((await jobOf(storage, jobId)).inFlight, 1)
    },
  },
  'a-retry-reaped-is-open-to-its-last-token': {
    guarantee: 'A late settle of a retry whose lease was reaped is accepted, and it is not tried again',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 1)
      const [seq = -1] = seqs
      await settle(storage, { jobId, token: 'a', settlements: [retry(seq, START)] })
      await claimRetries(storage, { jobId, token: 'b' })
      await reap(storage)
      const { answers, completed } = await settle(storage, { jobId, token: 'b', now, settlements: [sent(seq)] })
      assert.deepEqual({ answers, completed }, { answers: ['applied'], completed: true })
      await nothingToClaim(storage, { jobId, token: 'c', source: 'retries', now })
    },
  },
  'uncertain-is-resolved-late': {
    guarantee: 'An uncertain item keeps its token: a late settle with it resolves it, once, to any outcome but pending',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 4, { start: 3 })
      const [a = -1, b = -1, c = -1, d = -1] = seqs
      await settle(storage, { jobId, token: 'a', settlements: [uncertain(d)] })
      await reap(storage, { decide: (item) => uncertain(item.seq) })
      assert.equal((await jobOf(storage, jobId)).counters.uncertain, 4)
      const settlements = [sent(a), rejected(b), skipped(c), sent(d)]
      const { answers } = await settle(storage, { jobId, token: 'a', now, settlements })
      assert.deepEqual(answers, ['applied', 'applied', 'applied', 'applied'])
      const { counters } = await jobOf(storage, jobId)
      assert.deepEqual(
        {
          enqueued: counters.enqueued,
          error: counters.error,
          skipped: counters.skipped,
          uncertain: counters.uncertain,
        },
        { enqueued: 2, error: 1, skipped: 1, uncertain: 0 },
      )
      const again = await settle(storage, { jobId, token: 'a', now, settlements: [rejected(a)] })
      assert.deepEqual(again.answers, ['already'])
    },
  },
  'uncertain-stays-closed-to-pending': {
    guarantee: 'An uncertain item is not made pending, nor uncertain anew, by a late settle',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 2)
      const [a = -1, b = -1] = seqs
      await settle(storage, { jobId, token: 'a', settlements: [uncertain(a)] })
      const settlements = [retry(a, START)]
      assert.notEqual((await settle(storage, { jobId, token: 'a', settlements })).answers[0], 'applied')
      const repeat = await settle(storage, { jobId, token: 'a', settlements: [uncertain(a, { code: 'OTHER' })] })
      assert.deepEqual(repeat.answers, ['already'])
      const [item] = await allItems(storage, { jobId, statuses: ['uncertain'] })
      assert.deepEqual({ seq: item?.seq, code: item?.code }, { seq: a, code: 'OUTCOME_UNKNOWN' })
      assert.ok(b > a)
    },
  },
  'uncertain-is-closed-to-other-tokens': {
    guarantee: 'An uncertain item is resolved by no other token',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 2, { limit: 1 })
      const [a = -1] = seqs
      await settle(storage, { jobId, token: 'a', settlements: [uncertain(a)] })
      await claim(storage, { jobId, token: 'b' })
      assert.deepEqual((await settle(storage, { jobId, token: 'b', settlements: [sent(a)] })).answers, ['stale'])
    },
  },
  'what-a-reap-settled-stays': {
    guarantee: 'What a reap settled for good is not settled again by a late word: the first outcome wins',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 2, { start: 1 })
      const [a = -1] = seqs
      await reap(storage, { decide: (item) => rejected(item.seq) })
      const { answers } = await settle(storage, { jobId, token: 'a', now, settlements: [sent(a)] })
      assert.notEqual(answers[0], 'applied')
      const { counters } = await jobOf(storage, jobId)
      assert.deepEqual({ error: counters.error, enqueued: counters.enqueued }, { error: 1, enqueued: 0 })
    },
  },
  'a-settle-that-failed-once-can-be-repeated': {
    guarantee:
      'Nothing is stuck when settling fails: what was not settled is claimed again after the lease, however often',
    check: async (storage) => {
      const { jobId } = await claimedJob(storage, 1)
      for (const round of [1, 2, 3]) {
        const at = START + round * (LEASE_MS + 1)
        await storage.settle({ jobId: 'nobody', token: 'a', now: at, settlements: [] }).catch(() => undefined)
        await reap(storage, { now: at })
        const again = await tryClaim(storage, { jobId, token: `round-${round}`, now: at })
        const retried = await tryClaim(storage, { jobId, token: `retry-${round}`, now: at, source: 'retries' })
        assert.equal(seqsIn(again).length + seqsIn(retried).length, 1)
      }
    },
  },
})
