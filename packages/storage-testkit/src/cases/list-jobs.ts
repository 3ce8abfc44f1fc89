import assert from 'node:assert/strict'
import type { JobFilter, Storage } from '@broadside/core'
import { caseGroup } from '../conformance-case.js'
import { claimedJob } from '../fixtures/claimed-job.js'
import { START } from '../fixtures/instants.js'
import { createdJob, jobOf, runningJob } from '../fixtures/jobs.js'
import { allJobs } from '../fixtures/pages.js'
import { plain } from '../fixtures/plain.js'
import { sent, settle } from '../fixtures/settlements.js'

async function ids(storage: Storage, filter?: JobFilter, limit?: number): Promise<readonly string[]> {
  return (await allJobs(storage, filter, limit)).map((job) => job.id)
}

export const LIST_JOBS_CASES = caseGroup('list-jobs', {
  none: {
    guarantee: 'A storage without jobs lists none',
    check: async (storage) => {
      assert.deepEqual(await storage.listJobs({ limit: 10 }), [])
    },
  },
  'newest-first': {
    guarantee: 'Newest first: by createdAt, then by id, both descending, in pages of any size',
    check: async (storage) => {
      const order = [
        ['b', START + 2],
        ['c', START + 1],
        ['a', START + 1],
        ['e', START],
        ['d', START],
      ] as const
      for (const [id, createdAt] of [2, 0, 4, 1, 3].flatMap((at) => [order[at] ?? order[0]])) {
        await createdJob(storage, { id, createdAt })
      }
      for (const limit of [1, 2, 3, 5, 6]) {
        assert.deepEqual(
          await ids(storage, undefined, limit),
          order.map(([id]) => id),
        )
      }
    },
  },
  'after-a-job-that-is-gone': {
    guarantee: 'A page starts after the place of `after`, whether or not that job is there',
    check: async (storage) => {
      for (const [index, id] of ['a', 'b', 'c'].entries()) await createdJob(storage, { id, createdAt: START + index })
      const page = await storage.listJobs({ after: { createdAt: START + 1, id: 'zzz' }, limit: 10 })
      assert.deepEqual(
        page.map((job) => job.id),
        ['b', 'a'],
      )
    },
  },
  'records-are-whole': {
    guarantee: 'A listed job is as getJob reads it',
    check: async (storage) => {
      const { jobId } = await claimedJob(storage, 3, { definition: { name: 'n', tags: ['t'] } })
      assert.deepEqual(plain(await storage.listJobs({ limit: 1 })), [plain(await jobOf(storage, jobId))])
    },
  },
  'by-status': {
    guarantee: 'A status filter lets jobs in one of the statuses through',
    check: async (storage) => {
      await createdJob(storage, { id: 'created' })
      await runningJob(storage, { id: 'running', items: 1 })
      await runningJob(storage, { id: 'completed' })
      assert.deepEqual(await ids(storage, { statuses: ['created', 'completed'] }), ['created', 'completed'])
      assert.deepEqual(await ids(storage, { statuses: ['processing'] }), ['running'])
      assert.deepEqual(await ids(storage, { statuses: ['failed'] }), [])
      assert.deepEqual(await ids(storage, { statuses: [] }), [])
    },
  },
  'by-tags': {
    guarantee: 'A tag filter lets jobs through that carry every one of the tags, compared exactly',
    check: async (storage) => {
      await createdJob(storage, { id: 'both', definition: { tags: ['spring', 'vip'] } })
      await createdJob(storage, { id: 'one', definition: { tags: ['spring'] } })
      await createdJob(storage, { id: 'other', definition: { tags: ['springtime', '%', 'a"b'] } })
      await createdJob(storage, { id: 'none' })
      assert.deepEqual(await ids(storage, { tags: ['spring'] }), ['one', 'both'])
      assert.deepEqual(await ids(storage, { tags: ['vip', 'spring'] }), ['both'])
      assert.deepEqual(await ids(storage, { tags: ['Spring'] }), [])
      assert.deepEqual(await ids(storage, { tags: ['%'] }), ['other'])
      assert.deepEqual(await ids(storage, { tags: ['a"b'] }), ['other'])
      assert.deepEqual(await ids(storage, { tags: [] }), ['other', 'one', 'none', 'both'])
    },
  },
  'by-name': {
    guarantee: 'A name filter lets jobs of exactly that name through',
    check: async (storage) => {
      await createdJob(storage, { id: 'a', definition: { name: 'News' } })
      await createdJob(storage, { id: 'b', definition: { name: 'news' } })
      await createdJob(storage, { id: 'c' })
      assert.deepEqual(await ids(storage, { name: 'News' }), ['a'])
      assert.deepEqual(await ids(storage, { name: 'New' }), [])
    },
  },
  'by-creation': {
    guarantee: 'createdFrom belongs to the range, createdBefore does not',
    check: async (storage) => {
      for (const [index, id] of ['a', 'b', 'c', 'd'].entries())
        await createdJob(storage, { id, createdAt: START + index })
      assert.deepEqual(await ids(storage, { createdFrom: START + 1, createdBefore: START + 3 }), ['c', 'b'])
      assert.deepEqual(await ids(storage, { createdFrom: START + 3 }), ['d'])
      assert.deepEqual(await ids(storage, { createdBefore: START + 1 }), ['a'])
    },
  },
  'by-the-end': {
    guarantee: 'finishedBefore lets terminal jobs through that finished before the instant, however they ended',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 1, { id: 'completed' })
      const settlements = seqs.map((seq) => sent(seq))
      await settle(storage, { jobId, token: 'a', now: START + 10, settlements })
      await createdJob(storage, { id: 'cancelled' })
      const close = { from: 'created', to: 'cancelled', closedAs: 'cancelled', now: START + 20 } as const
      await storage.closeJob({ jobId: 'cancelled', ...close })
      await createdJob(storage, { id: 'open' })
      assert.deepEqual(await ids(storage, { finishedBefore: START + 10 }), [])
      assert.deepEqual(await ids(storage, { finishedBefore: START + 11 }), ['completed'])
      assert.deepEqual(await ids(storage, { finishedBefore: START + 21 }), ['completed', 'cancelled'])
    },
  },
  'a-job-taken-up-again-has-not-finished': {
    guarantee: 'A job that was taken up again is not terminal: finishedBefore does not let it through',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 1)
      const [seq = -1] = seqs
      const failed = { seq, to: 'error', attempts: 1, code: 'X' } as const
      await settle(storage, { jobId, token: 'a', now: START + 10, settlements: [failed] })
      const now = START + 20
      const again = { from: 'completed', statuses: ['error'], to: 'pending', jobTo: 'processing', runNo: 2 } as const
      await storage.reviseItems({ jobId, now, ...again })
      assert.deepEqual(await ids(storage, { finishedBefore: START + 1000 }), [])
    },
  },
  'filters-hold-at-once': {
    guarantee: 'Filters hold at once, in pages of any size',
    check: async (storage) => {
      for (let index = 0; index < 9; index += 1) {
        const tags = index % 2 === 0 ? ['even'] : ['odd']
        await createdJob(storage, { id: `job-${index}`, createdAt: START + index, definition: { tags } })
      }
      const filter = { tags: ['even'], createdFrom: START + 2, statuses: ['created'] } as const
      for (const limit of [1, 2, 10]) {
        assert.deepEqual(await ids(storage, filter, limit), ['job-8', 'job-6', 'job-4', 'job-2'])
      }
    },
  },
})
