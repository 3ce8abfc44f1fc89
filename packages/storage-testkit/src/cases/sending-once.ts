import assert from 'node:assert/strict'
import { caseGroup } from '../conformance-case.js'
import { assertRejects } from '../fixtures/assert-rejects.js'
import { START } from '../fixtures/instants.js'
import { createdJob } from '../fixtures/jobs.js'
import { newJob } from '../fixtures/new-job.js'
import { once } from '../fixtures/once.js'
import { plain } from '../fixtures/plain.js'
import { change, createSending, needsSendings, newSending, sendingOf, sendingsOf } from '../fixtures/sendings.js'

export const SENDING_ONCE_CASES = caseGroup(
  'sending',
  {
    'once-create': {
      guarantee: 'createSending with a key that is stored does nothing and answers what it answered first',
      check: async (storage) => {
        const sendings = sendingsOf(storage)
        const first = await sendings.createSending({ sending: newSending({ id: 'a' }), once: once('k') })
        await change(storage, { sending: first, to: { status: 'scheduled' } })
        const again = await sendings.createSending({ sending: newSending({ id: 'b' }), once: once('k') })
        assert.deepEqual(plain(again), plain(first))
        assert.equal(await sendings.getSending('b'), undefined)
        const found = await storage.findOnce({ key: 'k', now: START })
        assert.deepEqual(JSON.parse(found?.answer ?? ''), plain(first), 'the stored answer, as JSON')
      },
    },
    'once-change': {
      guarantee:
        'changeSending with a key that is stored does nothing and answers what it answered first, the step included',
      check: async (storage) => {
        const sending = await createSending(storage, { status: 'pending' })
        const job = { type: 'create', job: newJob({ ownerId: sending.id }) } as const
        const to = { ...sending, status: 'preparing', jobId: 'job-1' } as const
        const params = { sending: to, job, now: START, once: once('k') }
        const first = await sendingsOf(storage).changeSending(params)
        assert.deepEqual([first.applied, first.job?.applied], [true, true])
        const again = await sendingsOf(storage).changeSending({ ...params, now: START + 1 })
        assert.deepEqual(plain(again), plain(first), 'the answer of the repeat')
        assert.equal((await sendingOf(storage, sending.id)).version, 2, 'the repeat is no change')
      },
    },
    'once-another-request': {
      guarantee: 'The same key with another request is refused, and nothing is done',
      check: async (storage) => {
        const sendings = sendingsOf(storage)
        const sending = await sendings.createSending({ sending: newSending(), once: once('k') })
        const other = once('k', { requestHash: 'hash-2' })
        const created = sendings.createSending({ sending: newSending({ id: 'b' }), once: other })
        await assertRejects(created, 'IDEMPOTENCY_KEY_REUSED')
        const changed = sendings.changeSending({ sending: { ...sending, state: 'b' }, now: START, once: other })
        await assertRejects(changed, 'IDEMPOTENCY_KEY_REUSED')
        assert.deepEqual(plain(await sendingOf(storage, sending.id)), plain(sending))
        assert.equal(await sendings.getSending('b'), undefined)
      },
    },
    'once-refused-calls-are-not-stored': {
      guarantee: 'A change that is refused, or that fails, stores nothing: the same key works once it is allowed',
      check: async (storage) => {
        await createdJob(storage, { id: 'taken' })
        const sending = await createSending(storage)
        const sendings = sendingsOf(storage)
        const late = { sending: { ...sending, version: 2, state: 'b' }, now: START, once: once('k') }
        assert.equal((await sendings.changeSending(late)).applied, false)
        const step = { type: 'transition', from: 'created', to: 'processing' } as const
        const stepped = await sendings.changeSending({ sending, job: step, now: START, once: once('k') })
        assert.equal(stepped.applied, false)
        const job = { type: 'create', job: newJob({ id: 'taken' }) } as const
        await assertRejects(sendings.changeSending({ sending, job, now: START, once: once('k') }), 'STORAGE_FAILED')
        await assertRejects(sendings.createSending({ sending, once: once('k') }), 'STORAGE_FAILED')
        assert.equal(await storage.findOnce({ key: 'k', now: START }), undefined)
        const changed = await sendings.changeSending({
          sending: { ...sending, state: 'c' },
          now: START,
          once: once('k'),
        })
        assert.equal(changed.applied, true)
      },
    },
    'once-among-concurrent-callers': {
      guarantee: 'Of concurrent calls with one key, one is done and all have its answer',
      check: async (storage) => {
        const sendings = sendingsOf(storage)
        const create = (id: string) => sendings.createSending({ sending: newSending({ id }), once: once('create') })
        const created = await Promise.all(['a', 'b', 'c'].map(create))
        assert.equal(new Set(created.map(({ id }) => id)).size, 1)
        const [sending = newSending()] = created
        const params = { sending: { ...sending, state: 'another' }, now: START, once: once('change') }
        const changed = await Promise.all([1, 2, 3].map(() => sendings.changeSending(params)))
        for (const result of changed) assert.deepEqual(plain(result), plain(changed[0]))
        assert.deepEqual([changed[0]?.applied, (await sendingOf(storage, sending.id)).version], [true, 2])
      },
    },
  },
  needsSendings,
)
