import assert from 'node:assert/strict'
import { caseGroup } from '../conformance-case.js'
import { assertRejects } from '../fixtures/assert-rejects.js'
import { claimedJob } from '../fixtures/claimed-job.js'
import { addItems, createdJob } from '../fixtures/jobs.js'
import { newItems } from '../fixtures/new-items.js'
import { allItems } from '../fixtures/pages.js'
import { plain } from '../fixtures/plain.js'
import { rejected, sent, settle, skipped } from '../fixtures/settlements.js'

export const LIST_ITEMS_CASES = caseGroup('list-items', {
  'pages-of-any-size': {
    guarantee: 'Pages of any size give every item once, by ascending seq',
    check: async (storage) => {
      const jobId = await createdJob(storage, { items: 11 })
      const whole = plain(await allItems(storage, { jobId, limit: 100 }))
      assert.deepEqual(
        whole.map((item) => item.messageId),
        newItems(11).map((item) => item.messageId),
      )
      for (const limit of [1, 2, 3, 5, 10, 11, 12]) {
        assert.deepEqual(plain(await allItems(storage, { jobId, limit })), whole)
      }
    },
  },
  'a-job-without-items': {
    guarantee: 'A job without items has one empty page',
    check: async (storage) => {
      const jobId = await createdJob(storage)
      assert.deepEqual(plain(await storage.listItems({ jobId, limit: 10 })), { items: [] })
    },
  },
  'after-the-end': {
    guarantee: 'After the last item there is nothing, and no `next`',
    check: async (storage) => {
      const jobId = await createdJob(storage, { items: 3 })
      const last = (await allItems(storage, { jobId })).at(-1)
      assert.deepEqual(plain(await storage.listItems({ jobId, after: last?.seq, limit: 10 })), { items: [] })
      assert.deepEqual(plain(await storage.listItems({ jobId, after: 1_000_000, limit: 10 })), { items: [] })
    },
  },
  'by-status': {
    guarantee: 'A status filter lets those items through that read as one of the statuses',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 6)
      const [a = -1, b = -1, c = -1, , e = -1, f = -1] = seqs
      await settle(storage, { jobId, token: 'a', settlements: [sent(a), rejected(c), sent(e), skipped(f)] })
      const list = async (limit: number, ...statuses: ('pending' | 'enqueued' | 'error' | 'cancelled')[]) =>
        (await allItems(storage, { jobId, statuses, limit })).map((item) => item.seq)
      for (const limit of [1, 2, 10]) {
        assert.deepEqual(await list(limit, 'enqueued'), [a, e])
        assert.deepEqual(await list(limit, 'enqueued', 'error'), [a, c, e])
        assert.deepEqual(await list(limit, 'cancelled'), [])
        assert.deepEqual(await list(limit, 'pending'), [b, seqs[3]])
      }
    },
  },
  'by-code': {
    guarantee: 'A code filter lets those items through that carry one of the codes; both filters hold at once',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 5)
      const [a = -1, b = -1, c = -1, d = -1] = seqs
      const settlements = [rejected(a, { code: 'X' }), skipped(b, { code: 'X' }), rejected(c, { code: 'Y' }), sent(d)]
      await settle(storage, { jobId, token: 'a', settlements })
      const list = async (filter: object) =>
        (await allItems(storage, { jobId, limit: 2, ...filter })).map(({ seq }) => seq)
      assert.deepEqual(await list({ codes: ['X'] }), [a, b])
      assert.deepEqual(await list({ codes: ['X', 'Y'] }), [a, b, c])
      assert.deepEqual(await list({ codes: ['X'], statuses: ['error'] }), [a])
      assert.deepEqual(await list({ codes: ['Z'] }), [])
    },
  },
  'an-empty-filter-lets-nothing-through': {
    guarantee: 'A filter without values lets no item through',
    check: async (storage) => {
      const jobId = await createdJob(storage, { items: 2 })
      assert.deepEqual(await allItems(storage, { jobId, statuses: [] }), [])
      assert.deepEqual(await allItems(storage, { jobId, codes: [] }), [])
    },
  },
  'stable-while-items-are-settled': {
    guarantee: 'A filtered listing misses nothing and repeats nothing while items leave the filter behind it',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 12)
      const seen: number[] = []
      let after: number | undefined
      do {
        const page = await storage.listItems({ jobId, statuses: ['pending'], limit: 3, after })
        const found = page.items.map((item) => item.seq)
        seen.push(...found)
        after = page.next
        if (found.length > 0) await settle(storage, { jobId, token: 'a', settlements: found.map((seq) => sent(seq)) })
      } while (after !== undefined)
      assert.deepEqual(seen, seqs)
    },
  },
  'stable-while-items-are-added': {
    guarantee: 'Items that are added during a listing come after those that were there',
    check: async (storage) => {
      const jobId = await createdJob(storage, { items: 4 })
      const first = await storage.listItems({ jobId, limit: 3 })
      await addItems(storage, { jobId, count: 3, from: 4 })
      const last = first.items.at(-1)?.seq
      const rest = await storage.listItems({ jobId, limit: 100, after: last })
      assert.deepEqual(
        [...first.items, ...rest.items].map((item) => item.messageId),
        newItems(7).map((item) => item.messageId),
      )
    },
  },
  'in-flight-reads-as-pending': {
    guarantee: 'Items in flight read as pending',
    check: async (storage) => {
      const { jobId } = await claimedJob(storage, 4, { limit: 2, start: 1 })
      const items = plain(await allItems(storage, { jobId, statuses: ['pending'] }))
      assert.equal(items.length, 4)
      assert.ok(
        items.every((item) => item.settledAt === undefined && item.nextAttemptAt === undefined),
        'an item in flight has neither settledAt nor nextAttemptAt',
      )
    },
  },
  'an-unknown-job': {
    guarantee: 'An unknown job is JOB_NOT_FOUND',
    check: async (storage) => {
      await assertRejects(storage.listItems({ jobId: 'nobody', limit: 1 }), 'JOB_NOT_FOUND')
      await assertRejects(storage.countCodes('nobody'), 'JOB_NOT_FOUND')
    },
  },
})
