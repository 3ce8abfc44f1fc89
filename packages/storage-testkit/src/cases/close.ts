import assert from 'node:assert/strict'
import { caseGroup } from '../conformance-case.js'
import { claimedJob } from '../fixtures/claimed-job.js'
import { nothingToClaim } from '../fixtures/claims.js'
import { close } from '../fixtures/close.js'
import { START } from '../fixtures/instants.js'
import { createdJob, jobOf, pause, runningJob } from '../fixtures/jobs.js'
import { newItems } from '../fixtures/new-items.js'
import { allItems } from '../fixtures/pages.js'
import { plain } from '../fixtures/plain.js'
import { retryingJob } from '../fixtures/retrying-job.js'
import { sent, settle } from '../fixtures/settlements.js'

export const CLOSE_CASES = caseGroup('close', {
  'moves-what-is-not-in-flight': {
    guarantee: '`pending - inFlight` moves to closedAs at once; what is in flight stays pending',
    check: async (storage) => {
      const { jobId } = await claimedJob(storage, 10, { limit: 3 })
      const result = await close(storage, jobId, { now: START + 7 })
      assert.deepEqual({ applied: result.applied, completed: result.completed }, { applied: true, completed: false })
      assert.deepEqual(plain(result.job), plain(await jobOf(storage, jobId)))
      const job = await jobOf(storage, jobId)
      assert.deepEqual(
        { status: job.status, closedAs: job.closedAs, finishedAt: job.finishedAt },
        { status: 'cancelled', closedAs: 'cancelled', finishedAt: START + 7 },
      )
      assert.deepEqual(
        { pending: job.counters.pending, cancelled: job.counters.cancelled, inFlight: job.inFlight },
        { pending: 3, cancelled: 7, inFlight: 3 },
      )
    },
  },
  'items-read-as-closed': {
    guarantee: 'Open items that no lease covers read as closed at once, in pages, filters and counts',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 6, { limit: 2 })
      await close(storage, jobId, { to: 'failed', closedAs: 'error', code: 'JOB_FAILED' })
      const items = await allItems(storage, { jobId })
      const statuses = ['pending', 'pending', 'error', 'error', 'error', 'error']
      assert.deepEqual(
        items.map((item) => item.status),
        statuses,
      )
      assert.deepEqual(
        items.slice(2).map(({ code, attempts }) => ({ code, attempts })),
        items.slice(2).map(() => ({ code: 'JOB_FAILED', attempts: 0 })),
      )
      assert.equal((await allItems(storage, { jobId, statuses: ['error'] })).length, 4)
      assert.equal((await allItems(storage, { jobId, codes: ['JOB_FAILED'] })).length, 4)
      assert.deepEqual(
        (await allItems(storage, { jobId, statuses: ['pending'] })).map((item) => item.seq),
        seqs,
      )
      assert.deepEqual({ ...(await storage.countCodes(jobId)) }, { JOB_FAILED: 4 })
    },
  },
  'retries-read-as-closed': {
    guarantee:
      'Waiting retries read as closed too: no next attempt, and the code of the closing, if any, not that of the attempt',
    check: async (storage) => {
      const { jobId } = await retryingJob(storage, [100, 100], { attempts: 2, code: 'SMTP_450' })
      await close(storage, jobId)
      const items = plain(await allItems(storage, { jobId }))
      assert.deepEqual(
        items.map(({ status, attempts, nextAttemptAt, code }) => ({ status, attempts, nextAttemptAt, code })),
        [1, 2].map(() => ({ status: 'cancelled', attempts: 2, nextAttemptAt: undefined, code: undefined })),
      )
      assert.deepEqual({ ...(await storage.countCodes(jobId)) }, {})
    },
  },
  'nothing-can-be-claimed': {
    guarantee: 'No item can be claimed from then on, nor is the job listed',
    check: async (storage) => {
      const { jobId } = await retryingJob(storage, [0], {}, 3)
      await storage.giveBack({ jobId, token: 'a', now: START })
      await close(storage, jobId)
      for (const source of ['range', 'retries'] as const) {
        await nothingToClaim(storage, { jobId, token: source, source })
      }
      assert.deepEqual(plain(await storage.listClaimable({ now: START, channels: ['email'], limit: 9 })), { ready: [] })
    },
  },
  'a-created-job': {
    guarantee: 'A job that was never run can be closed; it takes no more items',
    check: async (storage) => {
      const jobId = await createdJob(storage, { items: 3 })
      assert.equal((await close(storage, jobId, { from: 'created' })).applied, true)
      assert.equal((await jobOf(storage, jobId)).counters.cancelled, 3)
      const more = await storage.addItems({ jobId, items: newItems(1, 3), duplicateCode: 'DUPLICATE_USER' })
      assert.equal(more.refused, 'cancelled')
    },
  },
  'an-empty-job': {
    guarantee: 'A job without items can be closed, with zeros',
    check: async (storage) => {
      const jobId = await createdJob(storage)
      const { job } = await close(storage, jobId, { from: 'created' })
      assert.deepEqual(
        { status: job?.status, received: job?.counters.received, cancelled: job?.counters.cancelled },
        { status: 'cancelled', received: 0, cancelled: 0 },
      )
    },
  },
  'refused-from-another-status': {
    guarantee: 'A job in another status than `from` is not closed, and the answer says how it stands',
    check: async (storage) => {
      const jobId = await runningJob(storage, { items: 2 })
      const before = plain(await jobOf(storage, jobId))
      const refused = await close(storage, jobId, { from: 'paused' })
      assert.deepEqual(plain(refused), { applied: false, job: before, completed: false })
      await close(storage, jobId)
      const again = await close(storage, jobId, { closedAs: 'expired' })
      assert.equal(again.applied, false)
      assert.equal((await jobOf(storage, jobId)).closedAs, 'cancelled')
      assert.deepEqual(plain(await close(storage, 'nobody')), { applied: false, completed: false })
    },
  },
  'a-paused-job': {
    guarantee: 'A paused job can be closed while items are in flight',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 3, { limit: 1 })
      await pause(storage, jobId)
      assert.equal((await close(storage, jobId, { from: 'paused' })).applied, true)
      const { completed } = await settle(storage, { jobId, token: 'a', settlements: seqs.map((seq) => sent(seq)) })
      assert.equal(completed, false)
      const { status, counters } = await jobOf(storage, jobId)
      assert.deepEqual(
        { status, enqueued: counters.enqueued, cancelled: counters.cancelled },
        { status: 'cancelled', enqueued: 1, cancelled: 2 },
      )
    },
  },
  'one-of-concurrent-callers': {
    guarantee: 'Of concurrent closings one is applied, and none happens to a job that another transition took first',
    check: async (storage) => {
      const { jobId } = await claimedJob(storage, 6, { limit: 2 })
      const closedAs = ['cancelled', 'expired', 'error'] as const
      const results = await Promise.all(closedAs.map((status) => close(storage, jobId, { closedAs: status })))
      assert.equal(results.filter(({ applied }) => applied).length, 1)
      const { counters } = await jobOf(storage, jobId)
      assert.equal(counters.cancelled + counters.expired + counters.error, 4)
    },
  },
})
