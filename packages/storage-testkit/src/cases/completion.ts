import assert from 'node:assert/strict'
import { caseGroup } from '../conformance-case.js'
import { claimedJob } from '../fixtures/claimed-job.js'
import { claim, claimRetries, seqsIn } from '../fixtures/claims.js'
import { START } from '../fixtures/instants.js'
import { createdJob, jobOf, pause } from '../fixtures/jobs.js'
import { AFTER_LEASE, reap } from '../fixtures/leases.js'
import { plain } from '../fixtures/plain.js'
import { rejected, retry, sent, settle, uncertain } from '../fixtures/settlements.js'

export const COMPLETION_CASES = caseGroup('completion', {
  'the-last-item-completes': {
    guarantee: 'The settle of the last open item completes the job, says so, and sets finishedAt',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 3)
      const [a = -1, b = -1, c = -1] = seqs
      const first = await settle(storage, { jobId, token: 'a', settlements: [sent(a), rejected(b)] })
      assert.deepEqual(
        { completed: first.completed, status: (await jobOf(storage, jobId)).status },
        { completed: false, status: 'processing' },
      )
      const last = await settle(storage, { jobId, token: 'a', now: START + 44, settlements: [uncertain(c)] })
      assert.deepEqual(
        { completed: last.completed, control: plain(last.control) },
        { completed: true, control: { status: 'completed', pending: 0 } },
      )
      const job = await jobOf(storage, jobId)
      assert.deepEqual(
        { status: job.status, finishedAt: job.finishedAt },
        { status: 'completed', finishedAt: START + 44 },
      )
    },
  },
  'said-once': {
    guarantee: 'Completion is said once: repeats and late resolutions do not say it again, nor move finishedAt',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 2)
      const [a = -1, b = -1] = seqs
      const settlements = [sent(a), uncertain(b)]
      assert.equal((await settle(storage, { jobId, token: 'a', settlements })).completed, true)
      const later = { jobId, token: 'a', now: START + 9 }
      assert.equal((await settle(storage, { ...later, settlements })).completed, false)
      assert.equal((await settle(storage, { ...later, settlements: [sent(b)] })).completed, false)
      const revise = { jobId, from: 'completed', statuses: ['error'], to: 'enqueued', now: START + 9 } as const
      assert.equal((await storage.reviseItems(revise)).completed, false)
      const job = await jobOf(storage, jobId)
      assert.deepEqual({ status: job.status, finishedAt: job.finishedAt }, { status: 'completed', finishedAt: START })
    },
  },
  'once-among-concurrent-settles': {
    guarantee: 'Of concurrent settles that finish a job, one says so',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 6, { limit: 2 })
      const leases = [{ token: 'a', seqs }]
      for (const token of ['b', 'c'])
        leases.push({ token, seqs: seqsIn(await claim(storage, { jobId, token, limit: 2 })) })
      const settles = leases.map((lease) =>
        settle(storage, { jobId, token: lease.token, settlements: lease.seqs.map((seq) => sent(seq)) }),
      )
      const completed = (await Promise.all(settles)).filter((result) => result.completed)
      assert.equal(completed.length, 1)
    },
  },
  'a-run-without-items': {
    guarantee: 'A job that is run without items completes at once, with zeros',
    check: async (storage) => {
      const jobId = await createdJob(storage)
      const result = await storage.transitionJob({ jobId, from: 'created', to: 'processing', now: START + 3 })
      assert.deepEqual({ applied: result.applied, completed: result.completed }, { applied: true, completed: true })
      assert.deepEqual(plain(result.job), plain(await jobOf(storage, jobId)))
      assert.deepEqual(
        { status: result.job?.status, finishedAt: result.job?.finishedAt },
        { status: 'completed', finishedAt: START + 3 },
      )
    },
  },
  'not-while-paused': {
    guarantee: 'A paused job whose last item is settled stays paused; resuming completes it',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 1)
      await pause(storage, jobId)
      const settled = await settle(storage, { jobId, token: 'a', settlements: seqs.map((seq) => sent(seq)) })
      assert.deepEqual(
        { completed: settled.completed, control: plain(settled.control) },
        { completed: false, control: { status: 'paused', pending: 0 } },
      )
      const resumed = await storage.transitionJob({ jobId, from: 'paused', to: 'processing', now: START + 7 })
      assert.deepEqual({ applied: resumed.applied, completed: resumed.completed }, { applied: true, completed: true })
      assert.deepEqual(
        { status: resumed.job?.status, finishedAt: resumed.job?.finishedAt },
        { status: 'completed', finishedAt: START + 7 },
      )
    },
  },
  'not-while-a-retry-waits': {
    guarantee: 'A retry is open: the job completes when it is settled',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 2)
      const [a = -1, b = -1] = seqs
      const first = await settle(storage, { jobId, token: 'a', settlements: [sent(a), retry(b, START)] })
      assert.equal(first.completed, false)
      await claimRetries(storage, { jobId, token: 'b' })
      assert.equal((await settle(storage, { jobId, token: 'b', settlements: [sent(b)] })).completed, true)
    },
  },
  'by-a-reap': {
    guarantee: 'A reap that settles the last open item completes the job, and says so once',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 3, { limit: 1, start: 1 })
      await claim(storage, { jobId, token: 'b', start: 2 })
      const reaped = await reap(storage, { decide: (item) => uncertain(item.seq) })
      assert.deepEqual(reaped.map(({ token }) => token).sort(), ['a', 'b'])
      assert.equal(reaped.filter(({ completed }) => completed).length, 1)
      const job = await jobOf(storage, jobId)
      assert.deepEqual(
        { status: job.status, finishedAt: job.finishedAt },
        { status: 'completed', finishedAt: AFTER_LEASE },
      )
      const settled = await settle(storage, {
        jobId,
        token: 'a',
        now: AFTER_LEASE,
        settlements: seqs.map((seq) => sent(seq)),
      })
      assert.deepEqual(
        { answers: settled.answers, completed: settled.completed },
        { answers: ['applied'], completed: false },
      )
    },
  },
  'by-a-late-settle': {
    guarantee: 'A late settle of the last open item completes the job',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 1)
      await reap(storage)
      const late = { jobId, token: 'a', now: AFTER_LEASE, settlements: seqs.map((seq) => sent(seq)) }
      assert.equal((await settle(storage, late)).completed, true)
    },
  },
  'not-of-a-closed-job': {
    guarantee: 'A closed job does not complete: its last item in flight leaves its status as it is',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 2, { limit: 1 })
      await storage.closeJob({ jobId, from: 'processing', to: 'failed', closedAs: 'error', now: START })
      const settled = await settle(storage, {
        jobId,
        token: 'a',
        now: START + 5,
        settlements: seqs.map((seq) => sent(seq)),
      })
      assert.deepEqual(
        { completed: settled.completed, status: settled.control.status },
        { completed: false, status: 'failed' },
      )
      assert.equal((await jobOf(storage, jobId)).finishedAt, START)
    },
  },
  'by-a-revision': {
    guarantee: 'A revision that leaves nothing open in a processing job completes it',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 1, { start: 1 })
      await pause(storage, jobId)
      await settle(storage, { jobId, token: 'a', settlements: seqs.map((seq) => uncertain(seq)) })
      const params = { jobId, from: 'paused', statuses: ['uncertain'], to: 'enqueued', now: START + 2 } as const
      const result = await storage.reviseItems({ ...params, jobTo: 'processing' })
      assert.deepEqual(
        { changed: result.changed, completed: result.completed, status: result.job?.status },
        { changed: 1, completed: true, status: 'completed' },
      )
    },
  },
})
