import assert from 'node:assert/strict'
import { caseGroup } from '../conformance-case.js'
import { claimedJob } from '../fixtures/claimed-job.js'
import { createdJob, jobOf } from '../fixtures/jobs.js'
import { newItems } from '../fixtures/new-items.js'
import { allItems } from '../fixtures/pages.js'
import { rejected, sent, settle } from '../fixtures/settlements.js'

/** Cases of several groups that take thousands of items: they come last, since the others find most things faster. */
export const LARGE_CASES = [
  ...caseGroup('ingest', {
    'a-large-call': {
      guarantee: 'A call of thousands of items is one call: all of them, in order, each once',
      check: async (storage) => {
        const jobId = await createdJob(storage, { items: 5000 })
        const items = await allItems(storage, { jobId, limit: 1000 })
        assert.equal(items.length, 5000)
        assert.deepEqual(
          items.map((item) => item.messageId),
          newItems(5000).map((item) => item.messageId),
        )
      },
    },
  }),
  ...caseGroup('settle', {
    'thousands-at-once': {
      guarantee: 'A settle of thousands of items is one call',
      check: async (storage) => {
        const { jobId, seqs } = await claimedJob(storage, 3000, { limit: 3000 })
        const result = await settle(storage, { jobId, token: 'a', settlements: seqs.map((seq) => sent(seq)) })
        assert.equal(result.completed, true, 'the settle of all items completes the job')
        assert.deepEqual([...new Set(result.answers)], ['applied'])
        assert.equal((await jobOf(storage, jobId)).counters.enqueued, 3000)
      },
    },
  }),
  ...caseGroup('list-items', {
    'a-rare-match-in-a-long-job': {
      guarantee: 'A page that finds little in a long stretch comes back with `next`; going on finds the rest',
      check: async (storage) => {
        const { jobId, seqs } = await claimedJob(storage, 4000, { limit: 4000 })
        const rare = [seqs[10] ?? -1, seqs[3990] ?? -1]
        await settle(storage, { jobId, token: 'a', settlements: rare.map((seq) => rejected(seq)) })
        const items = await allItems(storage, { jobId, statuses: ['error'], limit: 2 })
        assert.deepEqual(
          items.map((item) => item.seq),
          rare,
        )
        const reading = await allItems(storage, { jobId, codes: ['REJECTED'], limit: 1 })
        assert.equal(reading.length, 2)
      },
    },
  }),
]
