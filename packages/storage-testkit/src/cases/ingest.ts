import assert from 'node:assert/strict'
import { caseGroup } from '../conformance-case.js'
import { assertRejects } from '../fixtures/assert-rejects.js'
import { START } from '../fixtures/instants.js'
import { addItems, createdJob, jobOf, pause, runningJob } from '../fixtures/jobs.js'
import { newItem, newItems } from '../fixtures/new-items.js'
import { allItems } from '../fixtures/pages.js'
import { plain } from '../fixtures/plain.js'
import { vandalise } from '../fixtures/vandalise.js'

const duplicateCode = 'DUPLICATE_USER'

export const INGEST_CASES = caseGroup('ingest', {
  'items-keep-their-order': {
    guarantee: 'Items are added in their order, across calls, and come back as they went in',
    check: async (storage) => {
      const jobId = await createdJob(storage, { items: 3 })
      await addItems(storage, { jobId, count: 2, from: 3 })
      const items = await allItems(storage, { jobId })
      assert.deepEqual(
        items.map(({ recipient, messageId, payload, status, attempts }) => ({
          recipient,
          messageId,
          payload,
          status,
          attempts,
        })),
        newItems(5).map(({ identity: _, ...item }) => ({ ...item, status: 'pending', attempts: 0 })),
      )
    },
  },
  'counts-what-was-added': {
    guarantee: '`added` counts this call, and received and pending grow by it',
    check: async (storage) => {
      const jobId = await createdJob(storage, { items: 3 })
      const result = await storage.addItems({ jobId, items: newItems(4, 3), duplicateCode })
      assert.deepEqual(plain(result), { added: 4, duplicates: [] })
      const { counters } = await jobOf(storage, jobId)
      assert.deepEqual({ received: counters.received, pending: counters.pending }, { received: 7, pending: 7 })
    },
  },
  'nothing-to-add': {
    guarantee: 'A call without items adds none',
    check: async (storage) => {
      const jobId = await createdJob(storage)
      assert.deepEqual(plain(await storage.addItems({ jobId, items: [], duplicateCode })), { added: 0, duplicates: [] })
    },
  },
  'duplicates-of-one-call': {
    guarantee:
      'Of several items of one call with the same identity the first is added and the rest are reported by index',
    check: async (storage) => {
      const jobId = await createdJob(storage)
      const items = ['a', 'b', 'a', 'c', 'a', 'b'].map(newItem)
      const result = await storage.addItems({ jobId, items, duplicateCode })
      assert.deepEqual(plain(result), { added: 3, duplicates: [2, 4, 5] })
      assert.equal((await jobOf(storage, jobId)).ingestErrors[duplicateCode], 3)
    },
  },
  'duplicates-across-calls': {
    guarantee: 'An identity is unique in its job across calls, and a duplicate leaves what is there as it is',
    check: async (storage) => {
      const jobId = await createdJob(storage, { items: 3 })
      const second = { ...newItem('1'), messageId: 'another', payload: '{"another":true}' }
      const result = await storage.addItems({ jobId, items: [newItem('3'), second, newItem('0')], duplicateCode })
      assert.deepEqual(plain(result), { added: 1, duplicates: [1, 2] })
      const items = await allItems(storage, { jobId })
      assert.deepEqual(
        items.map((item) => item.messageId),
        newItems(4).map((item) => item.messageId),
      )
    },
  },
  'identities-belong-to-their-job': {
    guarantee: 'Two jobs may hold the same identity',
    check: async (storage) => {
      await createdJob(storage, { id: 'job-1', items: 3 })
      await createdJob(storage, { id: 'job-2', items: 3 })
      assert.equal((await jobOf(storage, 'job-2')).counters.received, 3)
    },
  },
  'identities-are-compared-exactly': {
    guarantee: 'Identities are any text, compared exactly: case, form, spaces and odd characters tell them apart',
    check: async (storage) => {
      const jobId = await createdJob(storage)
      const identities = [
        'email:a@b.c',
        'email:A@b.c',
        'email:a@b.c ',
        'email:a@b.c\u0000',
        'email:a@b.c\u0000x',
        'email:\u00e9',
        'email:e\u0301',
        'email:1',
        'email:01',
        '',
        '__proto__',
        'x'.repeat(5000),
        `${'x'.repeat(4999)}y`,
        '\ud83d\udce3',
      ]
      const items = identities.map((identity, index) => ({ ...newItem(String(index)), identity }))
      const first = await storage.addItems({ jobId, items, duplicateCode })
      const taken = first.duplicates.map((index) => identities[index]?.slice(0, 20))
      assert.deepEqual(taken, [], 'no identity is taken for another')
      assert.equal(first.added, identities.length)
      const again = await storage.addItems({ jobId, items, duplicateCode })
      assert.deepEqual(plain(again), { added: 0, duplicates: identities.map((_, index) => index) })
    },
  },
  'payloads-are-kept-as-they-are': {
    guarantee: 'A payload is kept as text, to the letter',
    check: async (storage) => {
      const jobId = await createdJob(storage)
      const payloads = ['{"a":1.0}', '{ "a" : 1 }', '{"k":"\\u00e9"}', '{"k":"é\u2028😀"}', `"${'p'.repeat(70_000)}"`]
      const items = payloads.map((payload, index) => ({ ...newItem(String(index)), payload }))
      await storage.addItems({ jobId, items, duplicateCode })
      assert.deepEqual(
        (await allItems(storage, { jobId })).map((item) => item.payload),
        payloads,
      )
    },
  },
  'rejected-entries-are-counted': {
    guarantee: '`rejected` is added to ingestErrors, and so are the duplicates under their code; any text is a code',
    check: async (storage) => {
      const jobId = await createdJob(storage, { items: 1 })
      const rejected = Object.fromEntries([
        ['INVALID_EMAIL', 2],
        ['__proto__', 1],
      ])
      await storage.addItems({ jobId, items: newItems(2), rejected, duplicateCode })
      await storage.addItems({ jobId, items: [], rejected: { INVALID_EMAIL: 3, [duplicateCode]: 4 }, duplicateCode })
      assert.deepEqual(Object.entries((await jobOf(storage, jobId)).ingestErrors).sort(), [
        [duplicateCode, 5],
        ['INVALID_EMAIL', 5],
        ['__proto__', 1],
      ])
    },
  },
  'refused-unless-created': {
    guarantee: 'In any status but created nothing is added or counted, and `refused` says the status',
    check: async (storage) => {
      const jobId = await runningJob(storage, { items: 1 })
      const add = () => storage.addItems({ jobId, items: newItems(3, 1), rejected: { BAD: 1 }, duplicateCode })
      assert.deepEqual(plain(await add()), { added: 0, duplicates: [], refused: 'processing' })
      await pause(storage, jobId)
      assert.equal((await add()).refused, 'paused')
      await storage.closeJob({ jobId, from: 'paused', to: 'cancelled', closedAs: 'cancelled', now: START })
      assert.equal((await add()).refused, 'cancelled')
      const job = await jobOf(storage, jobId)
      assert.equal(job.counters.received, 1)
      assert.deepEqual({ ...job.ingestErrors }, {})
    },
  },
  'refused-when-run-at-once': {
    guarantee: 'Of an ingest and a run at the same time, either the items are in the run or the ingest is refused',
    check: async (storage) => {
      const jobId = await createdJob(storage, { items: 1 })
      const run = storage.transitionJob({ jobId, from: 'created', to: 'processing', now: START })
      const added = await storage.addItems({ jobId, items: newItems(3, 1), duplicateCode })
      assert.equal((await run).applied, true)
      const { counters, status } = await jobOf(storage, jobId)
      assert.equal(status, 'processing')
      assert.equal(counters.pending, added.refused ? 1 : 4)
      assert.equal(added.added, added.refused ? 0 : 3)
    },
  },
  'concurrent-calls': {
    guarantee: 'Of concurrent calls with the same identity exactly one adds it',
    check: async (storage) => {
      const jobId = await createdJob(storage)
      const calls = Array.from({ length: 5 }, () => storage.addItems({ jobId, items: newItems(20), duplicateCode }))
      const results = await Promise.all(calls)
      const added = results.reduce((sum, result) => sum + result.added, 0)
      assert.equal(added, 20)
      assert.equal((await jobOf(storage, jobId)).counters.received, 20)
      assert.equal((await jobOf(storage, jobId)).ingestErrors[duplicateCode], 80)
    },
  },
  'an-unknown-job': {
    guarantee: 'An unknown job is JOB_NOT_FOUND',
    check: async (storage) => {
      await assertRejects(storage.addItems({ jobId: 'nobody', items: newItems(1), duplicateCode }), 'JOB_NOT_FOUND')
    },
  },
  'items-are-copies': {
    guarantee: 'Changing what went in or came out does not change what is stored',
    check: async (storage) => {
      const jobId = await createdJob(storage)
      const items = structuredClone(newItems(2)) as ReturnType<typeof newItem>[]
      await storage.addItems({ jobId, items, duplicateCode })
      vandalise(items)
      vandalise(await storage.listItems({ jobId, limit: 10 }))
      assert.deepEqual(
        (await allItems(storage, { jobId })).map((item) => item.recipient),
        newItems(2).map((item) => item.recipient),
      )
    },
  },
})
