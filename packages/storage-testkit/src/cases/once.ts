import assert from 'node:assert/strict'
import { caseGroup } from '../conformance-case.js'
import { assertRejects } from '../fixtures/assert-rejects.js'
import { claimedJob } from '../fixtures/claimed-job.js'
import { START } from '../fixtures/instants.js'
import { createdJob, jobOf, runningJob } from '../fixtures/jobs.js'
import { newItems } from '../fixtures/new-items.js'
import { newJob } from '../fixtures/new-job.js'
import { KEEP_MS, once } from '../fixtures/once.js'
import { allItems, allJobs } from '../fixtures/pages.js'
import { plain } from '../fixtures/plain.js'
import { rejected, settle } from '../fixtures/settlements.js'

const duplicateCode = 'DUPLICATE_USER'

export const ONCE_CASES = caseGroup('once', {
  'create-once': {
    guarantee: 'createJob with a key that is stored does nothing and answers what it answered first',
    check: async (storage) => {
      const first = await storage.createJob({ job: newJob({ id: 'job-1' }), once: once('create:k') })
      await storage.addItems({ jobId: 'job-1', items: newItems(2), duplicateCode })
      const again = await storage.createJob({ job: newJob({ id: 'job-2' }), once: once('create:k') })
      assert.deepEqual(plain(again), plain(first))
      assert.equal(await storage.getJob('job-2'), undefined)
      assert.equal((await allJobs(storage)).length, 1)
    },
  },
  'ingest-once': {
    guarantee: 'addItems with a key that is stored adds nothing and answers what it answered first, as a replay',
    check: async (storage) => {
      const jobId = await createdJob(storage, { items: 1 })
      const params = { jobId, items: newItems(3), rejected: { BAD: 2 }, duplicateCode }
      const first = await storage.addItems({ ...params, once: once('ingest:k') })
      assert.deepEqual(plain(first), { added: 2, duplicates: [0] })
      const again = await storage.addItems({ ...params, once: once('ingest:k') })
      assert.deepEqual(plain(again), { added: 2, duplicates: [0], replayed: true })
      const job = await jobOf(storage, jobId)
      assert.equal(job.counters.received, 3)
      assert.deepEqual({ ...job.ingestErrors }, { BAD: 2, [duplicateCode]: 1 })
    },
  },
  'ingest-once-after-the-run': {
    guarantee: 'A stored answer is given whatever has become of the job since',
    check: async (storage) => {
      const jobId = await createdJob(storage)
      const params = { jobId, items: newItems(3), duplicateCode, once: once('ingest:k') }
      await storage.addItems(params)
      await storage.transitionJob({ jobId, from: 'created', to: 'processing', now: START })
      const again = await storage.addItems(params)
      assert.deepEqual(plain(again), { added: 3, duplicates: [], replayed: true })
    },
  },
  'transition-once': {
    guarantee: 'transitionJob with a key that is stored does nothing and answers what it answered first',
    check: async (storage) => {
      const jobId = await createdJob(storage, { items: 1 })
      const run = { jobId, from: 'created', to: 'processing', now: START, once: once('run:k') } as const
      const first = await storage.transitionJob({ ...run, set: { runNo: 1, channels: ['email'] } })
      const again = await storage.transitionJob({ ...run, now: START + 1, set: { runNo: 2 } })
      assert.equal(first.applied, true)
      assert.deepEqual(plain(again), plain(first))
      assert.equal((await jobOf(storage, jobId)).runNo, 1)
    },
  },
  'close-once': {
    guarantee: 'closeJob with a key that is stored does nothing and answers what it answered first',
    check: async (storage) => {
      const jobId = await runningJob(storage, { items: 2 })
      const close = { jobId, from: 'processing', to: 'cancelled', closedAs: 'cancelled', now: START } as const
      const first = await storage.closeJob({ ...close, once: once('cancel:k') })
      const again = await storage.closeJob({ ...close, once: once('cancel:k') })
      assert.equal(first.applied, true)
      assert.deepEqual(plain(again), plain(first))
      assert.equal((await jobOf(storage, jobId)).counters.cancelled, 2)
    },
  },
  'revise-once': {
    guarantee: 'reviseItems with a key that is stored does nothing and answers what it answered first',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 2)
      await settle(storage, { jobId, token: 'a', settlements: seqs.map((seq) => rejected(seq)) })
      const revise = { jobId, from: 'completed', statuses: ['error'], to: 'pending', now: START } as const
      const params = { ...revise, jobTo: 'processing', runNo: 2, once: once('retry:k') } as const
      const first = await storage.reviseItems(params)
      const again = await storage.reviseItems(params)
      assert.deepEqual({ applied: first.applied, changed: first.changed }, { applied: true, changed: 2 })
      assert.deepEqual(plain(again), plain(first))
      assert.equal((await jobOf(storage, jobId)).counters.pending, 2)
    },
  },
  'another-request-is-refused': {
    guarantee: 'The same key with another request is refused, and nothing is done',
    check: async (storage) => {
      const jobId = await createdJob(storage)
      const params = { jobId, items: newItems(2), duplicateCode }
      await storage.addItems({ ...params, once: once('k') })
      const other = once('k', { requestHash: 'hash-2' })
      await assertRejects(storage.addItems({ ...params, items: newItems(5), once: other }), 'IDEMPOTENCY_KEY_REUSED')
      const run = storage.transitionJob({ jobId, from: 'created', to: 'processing', now: START, once: other })
      await assertRejects(run, 'IDEMPOTENCY_KEY_REUSED')
      await assertRejects(storage.createJob({ job: newJob({ id: 'job-2' }), once: other }), 'IDEMPOTENCY_KEY_REUSED')
      const job = await jobOf(storage, jobId)
      assert.deepEqual({ status: job.status, received: job.counters.received }, { status: 'created', received: 2 })
      assert.equal((await allJobs(storage)).length, 1)
    },
  },
  'refused-calls-are-not-stored': {
    guarantee: 'A refused call stores nothing: the same key works once the call is allowed',
    check: async (storage) => {
      const jobId = await createdJob(storage, { items: 1 })
      const resume = { jobId, from: 'paused', to: 'processing', now: START } as const
      assert.equal((await storage.transitionJob({ ...resume, once: once('k') })).applied, false)
      assert.equal(await storage.findOnce({ key: 'k', now: START }), undefined)
      const run = { jobId, from: 'created', to: 'processing', now: START } as const
      assert.equal((await storage.transitionJob({ ...run, once: once('k') })).applied, true)
      const ingest = { jobId, items: newItems(2, 1), duplicateCode, once: once('ingest') }
      assert.equal((await storage.addItems(ingest)).refused, 'processing')
      assert.equal(await storage.findOnce({ key: 'ingest', now: START }), undefined)
      const close = { jobId, from: 'paused', to: 'cancelled', closedAs: 'cancelled', now: START } as const
      assert.equal((await storage.closeJob({ ...close, once: once('close') })).applied, false)
      assert.equal(await storage.findOnce({ key: 'close', now: START }), undefined)
      const revise = { jobId, from: 'completed', statuses: ['error'], to: 'pending', now: START } as const
      assert.equal((await storage.reviseItems({ ...revise, once: once('revise') })).applied, false)
      assert.equal(await storage.findOnce({ key: 'revise', now: START }), undefined)
    },
  },
  'failed-calls-are-not-stored': {
    guarantee: 'A failed call stores nothing',
    check: async (storage) => {
      await createdJob(storage, { id: 'job-1' })
      const taken = storage.createJob({ job: newJob({ id: 'job-1' }), once: once('create') })
      await assertRejects(taken, 'STORAGE_FAILED')
      assert.equal(await storage.findOnce({ key: 'create', now: START }), undefined)
      const ingest = { jobId: 'nobody', items: newItems(1), duplicateCode, once: once('ingest') }
      await assertRejects(storage.addItems(ingest), 'JOB_NOT_FOUND')
      assert.equal(await storage.findOnce({ key: 'ingest', now: START }), undefined)
    },
  },
  'keys-are-told-apart': {
    guarantee: 'Keys are any text, compared exactly',
    check: async (storage) => {
      for (const [index, key] of ['k', 'K', 'k ', '__proto__', ''].entries()) {
        await storage.createJob({ job: newJob({ id: `job-${index}` }), once: once(key) })
      }
      assert.equal((await allJobs(storage)).length, 5)
    },
  },
  'kept-until': {
    guarantee: 'Past its keepUntil a key is free again',
    check: async (storage) => {
      await storage.createJob({ job: newJob({ id: 'job-1' }), once: once('k') })
      const still = { now: START + KEEP_MS - 1, keepUntil: START + 2 * KEEP_MS }
      await storage.createJob({ job: newJob({ id: 'job-2' }), once: once('k', still) })
      assert.equal(await storage.getJob('job-2'), undefined)
      const past = { now: START + KEEP_MS + 1, keepUntil: START + 2 * KEEP_MS, requestHash: 'another' }
      await storage.createJob({ job: newJob({ id: 'job-3' }), once: once('k', past) })
      assert.ok(await storage.getJob('job-3'), 'job-3 is there')
      const found = await storage.findOnce({ key: 'k', now: START + KEEP_MS + 2 })
      assert.equal(found?.requestHash, 'another')
    },
  },
  'found-by-its-key': {
    guarantee: 'findOnce gives the stored answer of a key while it is kept: the request’s hash, and the answer as JSON',
    check: async (storage) => {
      const now = START
      assert.equal(await storage.findOnce({ key: 'k', now }), undefined)
      const created = await storage.createJob({ job: newJob(), once: once('k') })
      const found = await storage.findOnce({ key: 'k', now })
      assert.equal(found?.requestHash, 'hash-1')
      assert.deepEqual(JSON.parse(found?.answer ?? ''), plain(created))
      assert.equal(await storage.findOnce({ key: 'k', now: now + KEEP_MS + 1 }), undefined)
    },
  },
  'concurrent-calls': {
    guarantee: 'Of concurrent calls with one key, one is done and all have its answer',
    check: async (storage) => {
      const create = (id: string) => storage.createJob({ job: newJob({ id }), once: once('k') })
      const jobs = await Promise.all(['a', 'b', 'c', 'd'].map(create))
      assert.equal(new Set(jobs.map((job) => job.id)).size, 1)
      const [job] = await allJobs(storage)
      assert.equal((await allJobs(storage)).length, 1)
      const add = () =>
        storage.addItems({ jobId: job?.id ?? '', items: newItems(4), duplicateCode, once: once('ingest') })
      const results = await Promise.all([add(), add(), add()])
      assert.deepEqual(
        results.map(({ added }) => added),
        [4, 4, 4],
      )
      assert.equal(results.filter(({ replayed }) => replayed).length, 2)
      assert.equal((await allItems(storage, { jobId: job?.id ?? '' })).length, 4)
    },
  },
  'mark-is-exclusive': {
    guarantee: 'A call can be marked as running by one token at a time, and a token may extend its own mark',
    check: async (storage) => {
      const mark = { key: 'k', now: START, leaseUntil: START + 100 }
      assert.equal(await storage.acquireMark({ ...mark, token: 'a' }), true)
      assert.equal(await storage.acquireMark({ ...mark, token: 'b' }), false)
      assert.equal(await storage.acquireMark({ ...mark, key: 'other', token: 'b' }), true)
      assert.equal(await storage.acquireMark({ ...mark, token: 'a', leaseUntil: START + 200 }), true)
      assert.equal(await storage.acquireMark({ ...mark, token: 'b', now: START + 150, leaseUntil: START + 999 }), false)
    },
  },
  'mark-runs-out': {
    guarantee: 'A mark that has run out is free, and its former holder then finds it taken',
    check: async (storage) => {
      await storage.acquireMark({ key: 'k', token: 'a', now: START, leaseUntil: START + 100 })
      const later = { key: 'k', now: START + 101, leaseUntil: START + 200 }
      assert.equal(await storage.acquireMark({ ...later, token: 'b' }), true)
      assert.equal(await storage.acquireMark({ ...later, token: 'a' }), false)
    },
  },
  'mark-is-released-by-its-token': {
    guarantee: 'A mark is taken away by its own token only',
    check: async (storage) => {
      const mark = { key: 'k', now: START, leaseUntil: START + 100 }
      await storage.acquireMark({ ...mark, token: 'a' })
      await storage.releaseMark({ key: 'k', token: 'b' })
      assert.equal(await storage.acquireMark({ ...mark, token: 'b' }), false)
      await storage.releaseMark({ key: 'k', token: 'a' })
      assert.equal(await storage.acquireMark({ ...mark, token: 'b' }), true)
      await storage.releaseMark({ key: 'nothing', token: 'a' })
    },
  },
  'mark-among-concurrent-callers': {
    guarantee: 'Of concurrent callers one gets the mark',
    check: async (storage) => {
      const mark = { key: 'k', now: START, leaseUntil: START + 100 }
      const got = await Promise.all(['a', 'b', 'c', 'd'].map((token) => storage.acquireMark({ ...mark, token })))
      assert.equal(got.filter(Boolean).length, 1)
    },
  },
})
