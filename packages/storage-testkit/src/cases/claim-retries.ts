import assert from 'node:assert/strict'
import { caseGroup } from '../conformance-case.js'
import { claim, claimRetries, nothingToClaim, seqsIn, tryClaim } from '../fixtures/claims.js'
import { LEASE_MS, START } from '../fixtures/instants.js'
import { jobOf, pause } from '../fixtures/jobs.js'
import { allItems } from '../fixtures/pages.js'
import { retryingJob } from '../fixtures/retrying-job.js'
import { retry, sent, settle } from '../fixtures/settlements.js'

export const CLAIM_RETRIES_CASES = caseGroup('claim', {
  'retries-when-they-are-due': {
    guarantee: 'Retries are claimed from their nextAttemptAt on, not before',
    check: async (storage) => {
      const { jobId, seqs } = await retryingJob(storage, [100])
      await nothingToClaim(storage, { jobId, token: 'b', source: 'retries', now: START + 99 })
      const claimed = await claimRetries(storage, { jobId, token: 'c', now: START + 100 })
      assert.deepEqual(seqsIn(claimed), seqs)
    },
  },
  'retries-carry-what-was-settled': {
    guarantee: 'A retry comes with the attempts and the trail of its settlement, and with its messageId',
    check: async (storage) => {
      const { jobId, seqs } = await retryingJob(storage, [0], { attempts: 3, trail: '{"email":3}' })
      const [before] = await allItems(storage, { jobId })
      const [item] = (await claimRetries(storage, { jobId, token: 'b' })).items
      assert.deepEqual(
        { seq: item?.seq, attempts: item?.attempts, trail: item?.trail, messageId: item?.messageId },
        { seq: seqs[0], attempts: 3, trail: '{"email":3}', messageId: before?.messageId },
      )
    },
  },
  'earliest-retries-first': {
    guarantee: 'Of several due retries the earliest are taken, and handed out in the order of seq',
    check: async (storage) => {
      const { jobId, seqs } = await retryingJob(storage, [30, 10, 40, 20, 50])
      const now = START + 45
      const first = await claimRetries(storage, { jobId, token: 'b', limit: 3, now })
      assert.deepEqual(seqsIn(first), [seqs[0], seqs[1], seqs[3]])
      assert.deepEqual(seqsIn(await claimRetries(storage, { jobId, token: 'c', limit: 3, now })), [seqs[2]])
      await nothingToClaim(storage, { jobId, token: 'd', source: 'retries', now })
    },
  },
  'retries-are-not-in-the-range': {
    guarantee: 'A settled item is never in a range again: a retry is claimed as a retry only',
    check: async (storage) => {
      const { jobId } = await retryingJob(storage, [0, 0])
      await nothingToClaim(storage, { jobId, token: 'b' })
      await claimRetries(storage, { jobId, token: 'c' })
      await nothingToClaim(storage, { jobId, token: 'd', source: 'retries' })
    },
  },
  'a-range-given-back-leaves-its-retries-out': {
    guarantee: 'A range that comes back does not bring items along that were settled under it',
    check: async (storage) => {
      const { jobId, seqs } = await retryingJob(storage, [0, 0], {}, 4)
      await storage.giveBack({ jobId, token: 'a', now: START })
      assert.deepEqual(seqsIn(await claim(storage, { jobId, token: 'b' })), seqs.slice(2))
      assert.deepEqual(seqsIn(await claimRetries(storage, { jobId, token: 'c' })), seqs.slice(0, 2))
    },
  },
  'one-caller-gets-a-retry': {
    guarantee: 'Of any number of concurrent callers, one receives a given retry',
    check: async (storage) => {
      const { jobId, seqs } = await retryingJob(
        storage,
        Array.from({ length: 20 }, () => 0),
      )
      const tokens = Array.from({ length: 8 }, (_, index) => `token-${index}`)
      const claims = await Promise.all(
        tokens.map((token) => tryClaim(storage, { jobId, token, source: 'retries', limit: 3 })),
      )
      const claimed = claims.flatMap(seqsIn)
      assert.deepEqual(
        [...claimed].sort((a, b) => a - b),
        seqs,
      )
      assert.equal((await jobOf(storage, jobId)).inFlight, 20)
    },
  },
  'retries-only-while-processing': {
    guarantee: 'No retry is handed out while the job is paused, or once it is closed',
    check: async (storage) => {
      const { jobId } = await retryingJob(storage, [0])
      await pause(storage, jobId)
      await nothingToClaim(storage, { jobId, token: 'b', source: 'retries' })
      await storage.closeJob({ jobId, from: 'paused', to: 'cancelled', closedAs: 'cancelled', now: START })
      await nothingToClaim(storage, { jobId, token: 'c', source: 'retries' })
    },
  },
  'retries-can-be-started-at-once': {
    guarantee: '`start` counts for retries as it does for a range',
    check: async (storage) => {
      const { jobId, seqs } = await retryingJob(storage, [0, 0, 0])
      assert.equal((await claimRetries(storage, { jobId, token: 'b', start: 2 })).startedThrough, seqs[1])
    },
  },
  'a-retry-can-be-retried': {
    guarantee: 'An item can be tried again as often as core says, and settled in the end',
    check: async (storage) => {
      const { jobId, seqs } = await retryingJob(storage, [0], {}, 2)
      const [seq = -1] = seqs
      for (const round of [1, 2, 3]) {
        const now = START + round * LEASE_MS
        const token = `round-${round}`
        const [item] = (await claimRetries(storage, { jobId, token, now })).items
        assert.equal(item?.attempts, round)
        const settlements = [retry(seq, now + 100, { attempts: round + 1 })]
        assert.deepEqual((await settle(storage, { jobId, token, now, settlements })).answers, ['applied'])
      }
      const now = START + 4 * LEASE_MS
      await claimRetries(storage, { jobId, token: 'last', now })
      const { answers } = await settle(storage, {
        jobId,
        token: 'last',
        now,
        settlements: [sent(seq, { attempts: 5 })],
      })
      assert.deepEqual(answers, ['applied'])
    },
  },
})
