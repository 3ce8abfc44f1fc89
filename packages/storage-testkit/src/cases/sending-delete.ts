import assert from 'node:assert/strict'
import type { SendingRecord, Storage } from '@broadside/core'
import { caseGroup } from '../conformance-case.js'
import { claim, seqsIn } from '../fixtures/claims.js'
import { START } from '../fixtures/instants.js'
import { allJobs } from '../fixtures/pages.js'
import { plain } from '../fixtures/plain.js'
import { standing, transmittingSending } from '../fixtures/sending-jobs.js'
import { allSendings } from '../fixtures/sending-pages.js'
import { change, createSending, needsSendings, sendingOf, sendingsOf } from '../fixtures/sendings.js'
import { sent, settle } from '../fixtures/settlements.js'

function remove(storage: Storage, { id, version }: SendingRecord) {
  return sendingsOf(storage).deleteSending({ sendingId: id, version, now: START })
}

const CLOSE = { type: 'close', from: 'processing', to: 'cancelled', closedAs: 'cancelled' } as const

async function assertGone(storage: Storage, id: string): Promise<void> {
  assert.equal(await sendingsOf(storage).getSending(id), undefined, 'it is not found')
  const listed = await allSendings(storage, { sortBy: 'createdAt', sortDir: 'asc' })
  assert.ok(!listed.some((one) => one.id === id), 'it is not listed')
  const { due } = await sendingsOf(storage).listDueSendings({ now: START + 1e9, limit: 9 })
  assert.ok(!due.some((one) => one.id === id), 'it is not due')
}

async function assertKept(storage: Storage, { sending, as = sending }: { sending: SendingRecord; as?: SendingRecord }) {
  const before = await standing(storage, as)
  const { applied, sending: answered } = await remove(storage, sending)
  assert.equal(applied, false, 'it is not deleted')
  assert.deepEqual(plain(answered), before.sending, 'the answer says how the sending stands')
  assert.deepEqual(await standing(storage, as), before, 'neither sending nor job has changed')
}

export const SENDING_DELETE_CASES = caseGroup(
  'sending',
  {
    'delete-without-a-job': {
      guarantee: 'A sending without a job is deleted: it is not found, not listed and not due; others stay',
      check: async (storage) => {
        const sending = await createSending(storage, { wakeAt: START })
        await createSending(storage, { id: 'other', wakeAt: START })
        assert.deepEqual(plain(await remove(storage, sending)), { applied: true })
        await assertGone(storage, sending.id)
        assert.ok(await sendingOf(storage, 'other'))
      },
    },
    'delete-with-its-job': {
      guarantee: 'A sending is deleted together with its job, whose rows a sweep removes',
      check: async (storage) => {
        await transmittingSending(storage, { items: 4 })
        const seqs = seqsIn(await claim(storage, { jobId: 'job-1', token: 'a' }))
        await settle(storage, { jobId: 'job-1', token: 'a', settlements: seqs.map((seq) => sent(seq)) })
        const sending = await sendingOf(storage, 'sending-1')
        assert.deepEqual(plain(await remove(storage, sending)), { applied: true })
        await assertGone(storage, sending.id)
        assert.equal(await storage.getJob('job-1'), undefined)
        assert.deepEqual(await allJobs(storage), [])
        const { removed, more } = await storage.sweep({ now: START, limit: 1000 })
        assert.ok(removed >= 5 && !more, `a sweep removes 4 items and their job: ${removed} rows, more: ${more}`)
      },
    },
    'delete-with-a-job-that-is-gone': {
      guarantee: 'A sending whose job has been deleted before is deleted',
      check: async (storage) => {
        const sending = await transmittingSending(storage, { items: 1 })
        const cancelled = await change(storage, { sending, to: { status: 'cancelled' }, step: CLOSE })
        await storage.deleteJob({ jobId: 'job-1', now: START })
        assert.equal((await remove(storage, cancelled)).applied, true)
        await assertGone(storage, sending.id)
      },
    },
    'delete-from-another-version': {
      guarantee: 'A sending that was changed since is not deleted, and nor is its job',
      check: async (storage) => {
        const first = await transmittingSending(storage, { items: 1 })
        const cancelled = await change(storage, { sending: first, to: { status: 'cancelled' }, step: CLOSE })
        await assertKept(storage, { sending: first, as: cancelled })
        await assertKept(storage, { sending: { ...cancelled, version: cancelled.version + 1 }, as: cancelled })
      },
    },
    'delete-while-its-job-is-going-out': {
      guarantee: 'A sending whose job is not terminal is not deleted, and nor is its job',
      check: async (storage) => {
        const sending = await transmittingSending(storage, { items: 1 })
        await assertKept(storage, { sending })
        await storage.transitionJob({ jobId: 'job-1', from: 'processing', to: 'paused', now: START })
        await assertKept(storage, { sending })
      },
    },
    'delete-while-items-are-in-flight': {
      guarantee: 'A sending whose job has items in flight is not deleted until they are settled',
      check: async (storage) => {
        const sending = await transmittingSending(storage, { items: 2 })
        const [first = -1] = seqsIn(await claim(storage, { jobId: 'job-1', token: 'a', limit: 1 }))
        const cancelled = await change(storage, { sending, to: { status: 'cancelled' }, step: CLOSE })
        await assertKept(storage, { sending: cancelled })
        await settle(storage, { jobId: 'job-1', token: 'a', settlements: [sent(first)] })
        assert.equal((await remove(storage, cancelled)).applied, true)
        await assertGone(storage, sending.id)
      },
    },
    'delete-what-is-not-there': {
      guarantee: 'A sending that is not there, or deleted before, is not deleted',
      check: async (storage) => {
        const sending = await createSending(storage)
        assert.deepEqual(plain(await remove(storage, { ...sending, id: 'nobody' })), { applied: false })
        assert.equal((await remove(storage, sending)).applied, true)
        assert.deepEqual(plain(await remove(storage, sending)), { applied: false })
      },
    },
    'delete-among-concurrent-callers': {
      guarantee: 'Of a change and deletions at the same time, one is applied',
      check: async (storage) => {
        const sending = await createSending(storage)
        const changed = sendingsOf(storage).changeSending({ sending: { ...sending, state: 'another' }, now: START })
        const results = await Promise.all([remove(storage, sending), changed, remove(storage, sending)])
        assert.equal(results.filter(({ applied }) => applied).length, 1)
        const left = await sendingsOf(storage).getSending(sending.id)
        assert.equal(left?.state, results[1].applied ? 'another' : undefined)
      },
    },
  },
  needsSendings,
)
