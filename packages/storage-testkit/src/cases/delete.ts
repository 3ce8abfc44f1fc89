import assert from 'node:assert/strict'
import type { Storage } from '@broadside/core'
import { caseGroup } from '../conformance-case.js'
import { assertRejects } from '../fixtures/assert-rejects.js'
import { claimedJob } from '../fixtures/claimed-job.js'
import { START } from '../fixtures/instants.js'
import { createdJob, jobOf, pause, runningJob } from '../fixtures/jobs.js'
import { newItems } from '../fixtures/new-items.js'
import { newJob } from '../fixtures/new-job.js'
import { KEEP_MS, once } from '../fixtures/once.js'
import { allItems, allJobs } from '../fixtures/pages.js'
import { plain } from '../fixtures/plain.js'
import { sent, settle } from '../fixtures/settlements.js'

/** Sweeps in bounded steps until nothing is left, and returns how many rows went. */
async function sweepAll(storage: Storage, now: number, limit: number): Promise<number> {
  let removed = 0
  for (let step = 0; step < 1000; step += 1) {
    const result = await storage.sweep({ now, limit })
    assert.ok(result.removed <= limit, 'a sweep removes up to `limit` rows')
    removed += result.removed
    if (!result.more) return removed
    assert.ok(result.removed > 0, 'a sweep that leaves something has removed something')
  }
  assert.fail('sweeping comes to an end')
}

async function finishedJob(storage: Storage, id: string, items: number): Promise<string> {
  const { jobId, seqs } = await claimedJob(storage, items, { id, token: `token-of-${id}` })
  await settle(storage, { jobId, token: `token-of-${id}`, settlements: seqs.map((seq) => sent(seq)) })
  return jobId
}

export const DELETE_CASES = caseGroup('delete', {
  'a-deleted-job-is-not-found': {
    guarantee: 'A terminal job with nothing in flight is deleted: from then on nothing of it is found',
    check: async (storage) => {
      const jobId = await finishedJob(storage, 'job-1', 2)
      const result = await storage.deleteJob({ jobId, now: START })
      assert.deepEqual({ applied: result.applied, completed: result.completed }, { applied: true, completed: false })
      assert.equal(await storage.getJob(jobId), undefined)
      assert.deepEqual(await allJobs(storage), [])
      const call = { jobId, token: 'token-of-job-1', now: START }
      await assertRejects(storage.listItems({ jobId, limit: 1 }), 'JOB_NOT_FOUND')
      await assertRejects(storage.countCodes(jobId), 'JOB_NOT_FOUND')
      await assertRejects(storage.settle({ ...call, settlements: [] }), 'JOB_NOT_FOUND')
      await assertRejects(storage.extend({ ...call, leaseUntil: START }), 'JOB_NOT_FOUND')
      await assertRejects(storage.giveBack(call), 'JOB_NOT_FOUND')
      await assertRejects(storage.addItems({ jobId, items: newItems(1), duplicateCode: 'D' }), 'JOB_NOT_FOUND')
      const again = await storage.transitionJob({ jobId, from: 'completed', to: 'processing', now: START })
      assert.deepEqual(plain(again), { applied: false, completed: false })
      assert.equal((await storage.deleteJob({ jobId, now: START })).applied, false)
    },
  },
  'a-closed-job-can-go': {
    guarantee: 'A closed job whose items were never rewritten can be deleted',
    check: async (storage) => {
      const jobId = await createdJob(storage, { items: 3 })
      await storage.closeJob({ jobId, from: 'created', to: 'cancelled', closedAs: 'cancelled', now: START })
      assert.equal((await storage.deleteJob({ jobId, now: START })).applied, true)
    },
  },
  'not-unless-terminal': {
    guarantee: 'A job that is not terminal is not deleted, and the answer says how it stands',
    check: async (storage) => {
      const created = await createdJob(storage, { id: 'created' })
      const running = await runningJob(storage, { id: 'running', items: 1 })
      const paused = await runningJob(storage, { id: 'paused', items: 1 })
      await pause(storage, paused)
      for (const jobId of [created, running, paused]) {
        const refused = await storage.deleteJob({ jobId, now: START })
        assert.deepEqual(plain(refused), { applied: false, job: plain(await jobOf(storage, jobId)), completed: false })
      }
      assert.deepEqual(plain(await storage.deleteJob({ jobId: 'nobody', now: START })), {
        applied: false,
        completed: false,
      })
    },
  },
  'not-with-items-in-flight': {
    guarantee: 'A closed job with items in flight is not deleted before they are settled',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 2, { limit: 1 })
      await storage.closeJob({ jobId, from: 'processing', to: 'cancelled', closedAs: 'cancelled', now: START })
      assert.equal((await storage.deleteJob({ jobId, now: START })).applied, false)
      await settle(storage, { jobId, token: 'a', settlements: seqs.map((seq) => sent(seq)) })
      assert.equal((await storage.deleteJob({ jobId, now: START })).applied, true)
    },
  },
  'others-stay': {
    guarantee: 'Deleting and sweeping one job leaves the others as they are',
    check: async (storage) => {
      const gone = await finishedJob(storage, 'gone', 5)
      const stays = await finishedJob(storage, 'stays', 3)
      const before = [plain(await jobOf(storage, stays)), plain(await allItems(storage, { jobId: stays }))]
      await storage.deleteJob({ jobId: gone, now: START })
      assert.ok((await sweepAll(storage, START, 2)) > 0, 'rows of the deleted job are removed')
      assert.deepEqual([plain(await jobOf(storage, stays)), plain(await allItems(storage, { jobId: stays }))], before)
    },
  },
  'swept-in-bounded-steps': {
    guarantee: 'A sweep removes up to `limit` rows and says whether there are more; at the end there is nothing to do',
    check: async (storage) => {
      const jobId = await finishedJob(storage, 'job-1', 25)
      assert.deepEqual(plain(await storage.sweep({ now: START, limit: 10 })), { removed: 0, more: false })
      await storage.deleteJob({ jobId, now: START })
      const first = await storage.sweep({ now: START, limit: 10 })
      assert.deepEqual(plain(first), { removed: 10, more: true })
      assert.ok((await sweepAll(storage, START, 10)) >= 15, 'a row of each item is removed')
      assert.deepEqual(plain(await storage.sweep({ now: START, limit: 10 })), { removed: 0, more: false })
    },
  },
  'keys-past-their-time-are-swept': {
    guarantee: 'A sweep removes idempotency keys past their keepUntil, and no others',
    check: async (storage) => {
      for (const [index, keepUntil] of [START + 10, START + KEEP_MS, START + 20].entries()) {
        await storage.createJob({ job: newJob({ id: `job-${index}` }), once: once(`key-${index}`, { keepUntil }) })
      }
      assert.equal(await sweepAll(storage, START + 15, 10), 1)
      assert.equal(await sweepAll(storage, START + 25, 10), 1)
      assert.ok(await storage.findOnce({ key: 'key-1', now: START + 25 }), 'key-1 is kept until its end')
      assert.equal(await storage.findOnce({ key: 'key-0', now: START }), undefined)
      assert.equal((await allJobs(storage)).length, 3)
    },
  },
  'a-key-used-again-stays': {
    guarantee: 'A key that was used again after its time is kept until its new end',
    check: async (storage) => {
      await storage.createJob({ job: newJob({ id: 'job-1' }), once: once('k', { keepUntil: START + 10 }) })
      const again = once('k', { now: START + 11, keepUntil: START + KEEP_MS })
      await storage.createJob({ job: newJob({ id: 'job-2' }), once: again })
      await sweepAll(storage, START + 20, 10)
      assert.ok(await storage.findOnce({ key: 'k', now: START + 20 }), 'k is kept until its new end')
    },
  },
})
