import assert from 'node:assert/strict'
import { caseGroup } from '../conformance-case.js'
import { assertRejects } from '../fixtures/assert-rejects.js'
import { claimedJob } from '../fixtures/claimed-job.js'
import { claim, claimRetries, nothingToClaim, seqsIn } from '../fixtures/claims.js'
import { LEASE_MS, START } from '../fixtures/instants.js'
import { jobOf, pause } from '../fixtures/jobs.js'
import { AFTER_LEASE, reap } from '../fixtures/leases.js'
import { allItems } from '../fixtures/pages.js'
import { plain } from '../fixtures/plain.js'
import { retryingJob } from '../fixtures/retrying-job.js'
import { retry, sent, settle } from '../fixtures/settlements.js'

export const GIVE_BACK_CASES = caseGroup('give-back', {
  'items-are-claimable-again': {
    guarantee: 'A lease given back ends, and its open items are claimable as if they had never been claimed',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 3, { start: 2 })
      const before = plain(await allItems(storage, { jobId }))
      const result = await storage.giveBack({ jobId, token: 'a', now: START })
      assert.deepEqual(plain(result), { held: true, control: { status: 'processing', pending: 3 } })
      assert.equal((await jobOf(storage, jobId)).inFlight, 0)
      assert.deepEqual(plain(await allItems(storage, { jobId })), before)
      const again = await claim(storage, { jobId, token: 'b' })
      assert.deepEqual({ seqs: seqsIn(again), startedThrough: again.startedThrough }, { seqs, startedThrough: -1 })
      assert.ok(
        again.items.every(({ attempts }) => attempts === 0),
        'no attempt was counted',
      )
    },
  },
  'only-what-is-open': {
    guarantee: 'What was settled under the lease does not come back',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 4)
      const [a = -1, b = -1, c = -1, d = -1] = seqs
      await settle(storage, { jobId, token: 'a', settlements: [sent(b), retry(c, START + 1000)] })
      await storage.giveBack({ jobId, token: 'a', now: START })
      assert.deepEqual(seqsIn(await claim(storage, { jobId, token: 'b' })), [a, d])
      await nothingToClaim(storage, { jobId, token: 'c' })
    },
  },
  'not-before': {
    guarantee: 'Given back with notBefore, the items are not claimable before that instant',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 3)
      await storage.giveBack({ jobId, token: 'a', now: START, notBefore: START + 100 })
      await nothingToClaim(storage, { jobId, token: 'b', now: START + 99 })
      assert.deepEqual(seqsIn(await claim(storage, { jobId, token: 'c', now: START + 100 })), seqs)
    },
  },
  'not-before-holds-for-those-items-only': {
    guarantee: 'The rest of the job can be claimed meanwhile, each item once',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 6, { limit: 2 })
      await storage.giveBack({ jobId, token: 'a', now: START, notBefore: START + 100 })
      const rest = seqsIn(await claim(storage, { jobId, token: 'b' }))
      assert.equal(rest.length, 4)
      assert.ok(
        rest.every((seq) => !seqs.includes(seq)),
        `the rest, ${rest}, has none of what was put off, ${seqs}`,
      )
      await nothingToClaim(storage, { jobId, token: 'c' })
      assert.deepEqual(seqsIn(await claim(storage, { jobId, token: 'd', now: START + 100 })), seqs)
    },
  },
  'given-back-comes-before-the-rest': {
    guarantee: 'What came back has the lower seqs, so it is claimed before what was never claimed',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 5, { limit: 2 })
      await storage.giveBack({ jobId, token: 'a', now: START })
      const again = seqsIn(await claim(storage, { jobId, token: 'b', limit: 2 }))
      assert.deepEqual(again, seqs)
    },
  },
  'pieces-come-lowest-first': {
    guarantee: 'Of several pieces that came back, the one with the lowest seq is claimed first',
    check: async (storage) => {
      const { jobId, seqs: first } = await claimedJob(storage, 6, { limit: 2 })
      const second = seqsIn(await claim(storage, { jobId, token: 'b', limit: 2 }))
      const third = seqsIn(await claim(storage, { jobId, token: 'c', limit: 2 }))
      for (const token of ['b', 'c', 'a']) await storage.giveBack({ jobId, token, now: START })
      const order: number[] = []
      for (const token of ['d', 'e', 'f', 'g', 'h', 'i']) {
        order.push(...seqsIn(await claim(storage, { jobId, token, limit: 1 })))
      }
      assert.deepEqual(order, [...first, ...second, ...third])
    },
  },
  'retries-keep-their-place': {
    guarantee: 'Retries given back are retries still, with their attempts; notBefore puts them off and shows',
    check: async (storage) => {
      const { jobId, seqs } = await retryingJob(storage, [10, 20], { attempts: 2 })
      const now = START + 50
      await claimRetries(storage, { jobId, token: 'b', now })
      await storage.giveBack({ jobId, token: 'b', now })
      assert.deepEqual(
        (await allItems(storage, { jobId })).map((item) => item.nextAttemptAt),
        [START + 10, START + 20],
      )
      const again = await claimRetries(storage, { jobId, token: 'c', now })
      assert.deepEqual(
        again.items.map((item) => [item.seq, item.attempts]),
        seqs.map((seq) => [seq, 2]),
      )
      await storage.giveBack({ jobId, token: 'c', now, notBefore: now + 100 })
      assert.deepEqual(
        (await allItems(storage, { jobId })).map(({ nextAttemptAt }) => nextAttemptAt),
        [now + 100, now + 100],
      )
      await nothingToClaim(storage, { jobId, token: 'd', source: 'retries', now: now + 99 })
      assert.deepEqual(seqsIn(await claimRetries(storage, { jobId, token: 'e', now: now + 100 })), seqs)
    },
  },
  'twice-is-not-held': {
    guarantee: 'A lease that has ended is not held, and giving it back does nothing',
    check: async (storage) => {
      const { jobId } = await claimedJob(storage, 2)
      await storage.giveBack({ jobId, token: 'a', now: START })
      await claim(storage, { jobId, token: 'b' })
      const again = await storage.giveBack({ jobId, token: 'a', now: START, notBefore: START + 9_000 })
      assert.equal(again.held, false)
      assert.equal((await jobOf(storage, jobId)).inFlight, 2)
      assert.equal((await storage.giveBack({ jobId, token: 'never', now: START })).held, false)
    },
  },
  'after-a-reap-is-not-held': {
    guarantee: 'A reaped lease can’t be given back: what the next one holds stays held',
    check: async (storage) => {
      const { jobId } = await claimedJob(storage, 2)
      await reap(storage)
      await claim(storage, { jobId, token: 'b', now: AFTER_LEASE })
      const { held } = await storage.giveBack({ jobId, token: 'a', now: AFTER_LEASE })
      assert.equal(held, false)
      assert.equal((await jobOf(storage, jobId)).inFlight, 1)
    },
  },
  'past-its-end': {
    guarantee: 'A lease past its end that nobody has reaped can be given back',
    check: async (storage) => {
      const { jobId } = await claimedJob(storage, 2)
      assert.equal((await storage.giveBack({ jobId, token: 'a', now: AFTER_LEASE })).held, true)
      assert.deepEqual(await reap(storage), [])
    },
  },
  'in-a-paused-job': {
    guarantee: 'A lease of a paused job can be given back, and its items wait for the resume',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 2)
      await pause(storage, jobId)
      const result = await storage.giveBack({ jobId, token: 'a', now: START })
      assert.deepEqual(plain(result), { held: true, control: { status: 'paused', pending: 2 } })
      await storage.transitionJob({ jobId, from: 'paused', to: 'processing', now: START })
      assert.deepEqual(seqsIn(await claim(storage, { jobId, token: 'b' })), seqs)
    },
  },
  'a-bound-survives': {
    guarantee:
      'A piece of a reaped range that is given back is as if it had never been claimed: a last suspect stays one',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 2, { limit: 1 })
      const [suspect = -1] = seqs
      const now = AFTER_LEASE
      await reap(storage)
      for (const token of ['b', 'c']) {
        const piece = await claim(storage, { jobId, token, now })
        assert.deepEqual(
          { seqs: seqsIn(piece), startedThrough: piece.startedThrough },
          { seqs: [suspect], startedThrough: suspect },
        )
        await storage.giveBack({ jobId, token, now })
      }
    },
  },
  'one-of-concurrent-callers': {
    guarantee: 'Of concurrent calls that end one lease, one finds it held',
    check: async (storage) => {
      const { jobId } = await claimedJob(storage, 2)
      const results = await Promise.all([1, 2, 3].map(() => storage.giveBack({ jobId, token: 'a', now: START })))
      assert.equal(results.filter(({ held }) => held).length, 1)
      assert.equal((await jobOf(storage, jobId)).inFlight, 0)
    },
  },
  'an-unknown-job': {
    guarantee: 'An unknown job is JOB_NOT_FOUND',
    check: async (storage) => {
      const now = START + LEASE_MS
      await assertRejects(storage.giveBack({ jobId: 'nobody', token: 'a', now }), 'JOB_NOT_FOUND')
    },
  },
})
