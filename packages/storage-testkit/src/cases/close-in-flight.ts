import assert from 'node:assert/strict'
import { caseGroup } from '../conformance-case.js'
import { claimedJob } from '../fixtures/claimed-job.js'
import { claimRetries } from '../fixtures/claims.js'
import { close } from '../fixtures/close.js'
import { START } from '../fixtures/instants.js'
import { jobOf } from '../fixtures/jobs.js'
import { AFTER_LEASE, reap } from '../fixtures/leases.js'
import { allItems } from '../fixtures/pages.js'
import { plain } from '../fixtures/plain.js'
import { retryingJob } from '../fixtures/retrying-job.js'
import { rejected, retry, sent, settle, skipped, uncertain } from '../fixtures/settlements.js'

export const CLOSE_IN_FLIGHT_CASES = caseGroup('close', {
  'in-flight-outcomes-stand': {
    guarantee: 'In flight items that are settled as sent, rejected, skipped or uncertain become that',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 6, { limit: 4 })
      const [a = -1, b = -1, c = -1, d = -1] = seqs
      await close(storage, jobId, { closedAs: 'expired' })
      const result = await settle(storage, {
        jobId,
        token: 'a',
        settlements: [sent(a), rejected(b), skipped(c), uncertain(d)],
      })
      assert.deepEqual(plain(result), {
        answers: ['applied', 'applied', 'applied', 'applied'],
        held: false,
        control: { status: 'cancelled', closedAs: 'expired', pending: 0 },
        completed: false,
      })
      const { counters, inFlight } = await jobOf(storage, jobId)
      const { enqueued, error, skipped: out, uncertain: unknown, expired } = counters
      assert.deepEqual(
        { enqueued, error, out, unknown, expired, inFlight },
        { enqueued: 1, error: 1, out: 1, unknown: 1, expired: 2, inFlight: 0 },
      )
    },
  },
  'a-retry-becomes-closed': {
    guarantee: 'In flight items that are settled as pending take the closing status and code, for good',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 2)
      const [a = -1, b = -1] = seqs
      await close(storage, jobId, { to: 'failed', closedAs: 'error', code: 'JOB_FAILED' })
      const settlements = [retry(a, START + 5, { attempts: 3, code: 'SMTP_450' })]
      const result = await settle(storage, { jobId, token: 'a', settlements })
      assert.deepEqual(
        { answers: result.answers, pending: result.control.pending },
        { answers: ['applied'], pending: 1 },
      )
      const [item] = plain(await allItems(storage, { jobId }))
      assert.deepEqual(
        { status: item?.status, code: item?.code, attempts: item?.attempts, nextAttemptAt: item?.nextAttemptAt },
        { status: 'error', code: 'JOB_FAILED', attempts: 3, nextAttemptAt: undefined },
      )
      assert.deepEqual((await settle(storage, { jobId, token: 'a', settlements })).answers, ['already'])
      const outcome = await settle(storage, { jobId, token: 'a', settlements: [sent(a), sent(b)] })
      assert.deepEqual(outcome.answers, ['already', 'applied'])
      assert.equal((await jobOf(storage, jobId)).counters.error, 1)
    },
  },
  'given-back-becomes-closed': {
    guarantee: 'In flight items that are given back take the closing status',
    check: async (storage) => {
      const { jobId } = await claimedJob(storage, 4, { limit: 3, start: 1 })
      await close(storage, jobId)
      const result = await storage.giveBack({ jobId, token: 'a', now: START, notBefore: START + 5 })
      assert.deepEqual(plain(result), {
        held: true,
        control: { status: 'cancelled', closedAs: 'cancelled', pending: 0 },
      })
      const { counters, inFlight } = await jobOf(storage, jobId)
      assert.deepEqual(
        { cancelled: counters.cancelled, pending: counters.pending, inFlight },
        { cancelled: 4, pending: 0, inFlight: 0 },
      )
    },
  },
  'given-back-retries-become-closed': {
    guarantee: 'Retries in flight that are given back take the closing status and lose the attempt’s code',
    check: async (storage) => {
      const { jobId } = await retryingJob(storage, [0, 0], { code: 'SMTP_450' })
      await claimRetries(storage, { jobId, token: 'b' })
      await close(storage, jobId, { closedAs: 'expired', code: 'TOO_LATE' })
      assert.deepEqual({ ...(await storage.countCodes(jobId)) }, { SMTP_450: 2 })
      await storage.giveBack({ jobId, token: 'b', now: START })
      assert.deepEqual({ ...(await storage.countCodes(jobId)) }, { TOO_LATE: 2 })
      assert.equal((await jobOf(storage, jobId)).counters.expired, 2)
    },
  },
  'reaped-unstarted-becomes-closed': {
    guarantee: 'When the holder died: what had not started takes the closing status, what had is decided',
    check: async (storage) => {
      const { jobId } = await claimedJob(storage, 5, { start: 2 })
      await close(storage, jobId, { closedAs: 'expired' })
      const seen: unknown[] = []
      const reaped = await reap(storage, {
        decide: (item, job) => {
          seen.push(job.closedAs)
          return uncertain(item.seq)
        },
      })
      assert.deepEqual(plain(reaped), [{ jobId, token: 'a', unstarted: 3, started: 2, completed: false }])
      assert.deepEqual(seen, ['expired', 'expired'])
      const { counters, inFlight, status } = await jobOf(storage, jobId)
      assert.deepEqual(
        { expired: counters.expired, uncertain: counters.uncertain, pending: counters.pending, inFlight },
        { expired: 3, uncertain: 2, pending: 0, inFlight: 0 },
      )
      assert.equal(status, 'cancelled')
    },
  },
  'reaped-as-pending-becomes-closed': {
    guarantee: 'A started item that `decide` would try again takes the closing status',
    check: async (storage) => {
      const { jobId } = await claimedJob(storage, 2, { start: 1 })
      await close(storage, jobId)
      await reap(storage)
      const { counters } = await jobOf(storage, jobId)
      assert.deepEqual({ cancelled: counters.cancelled, pending: counters.pending }, { cancelled: 2, pending: 0 })
    },
  },
  'a-late-word-does-not-reopen': {
    guarantee: 'What reads as closed is settled: a late settle by its last token is not applied',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 4, { limit: 2 })
      await reap(storage)
      await close(storage, jobId, { now: AFTER_LEASE })
      const settlements = seqs.map((seq) => sent(seq))
      const { answers } = await settle(storage, { jobId, token: 'a', now: AFTER_LEASE, settlements })
      assert.ok(!answers.includes('applied'), `nothing is applied: ${answers}`)
      const { counters } = await jobOf(storage, jobId)
      assert.deepEqual({ cancelled: counters.cancelled, enqueued: counters.enqueued }, { cancelled: 4, enqueued: 0 })
    },
  },
  'uncertain-is-resolved-in-a-closed-job': {
    guarantee: 'A late settle resolves an uncertain item of a closed job',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 2, { start: 1 })
      const [a = -1] = seqs
      await close(storage, jobId)
      await reap(storage, { decide: (item) => uncertain(item.seq) })
      const { answers } = await settle(storage, { jobId, token: 'a', now: AFTER_LEASE, settlements: [sent(a)] })
      assert.deepEqual(answers, ['applied'])
      const { counters } = await jobOf(storage, jobId)
      assert.deepEqual(
        { enqueued: counters.enqueued, uncertain: counters.uncertain, cancelled: counters.cancelled },
        { enqueued: 1, uncertain: 0, cancelled: 1 },
      )
    },
  },
})
