import assert from 'node:assert/strict'
import type { SendingRecord, Storage } from '@broadside/core'
import { caseGroup } from '../conformance-case.js'
import { claim, claimRetries, seqsIn } from '../fixtures/claims.js'
import { START } from '../fixtures/instants.js'
import { createdJob, jobOf } from '../fixtures/jobs.js'
import { AFTER_LEASE, reap } from '../fixtures/leases.js'
import { plain } from '../fixtures/plain.js'
import { preparingSending, RUN_STEP, transmittingSending } from '../fixtures/sending-jobs.js'
import { change, createSending, needsSendings, sendingOf, sendingsOf, tryChange } from '../fixtures/sendings.js'
import { rejected, sent, settle, uncertain } from '../fixtures/settlements.js'

const jobId = 'job-1'

/** Settles everything that can be claimed, all of it sent. */
async function sendAll(storage: Storage, token = 'a') {
  const settlements = seqsIn(await claim(storage, { jobId, token })).map((seq) => sent(seq))
  return settle(storage, { jobId, token, settlements, now: START + 7 })
}

async function assertTransmitted(storage: Storage, { sending, at }: { sending: SendingRecord; at: number }) {
  const { wakeAt: _, ...rest } = sending
  const expected = { ...rest, status: 'transmitted', finishedAt: at, version: sending.version + 1 }
  assert.deepEqual(
    plain(await sendingOf(storage, sending.id)),
    plain(expected),
    'the sending is done, one version later',
  )
}

export const SENDING_COMPLETION_CASES = caseGroup(
  'sending',
  {
    'completion-by-a-settle': {
      guarantee:
        'The settle that completes the job of a transmitting sending makes it transmitted: no alarm, one version more',
      check: async (storage) => {
        const sending = await transmittingSending(storage, { items: 3 })
        const [first = -1] = seqsIn(await claim(storage, { jobId, token: 'x', limit: 1 }))
        await settle(storage, { jobId, token: 'x', settlements: [sent(first)] })
        assert.deepEqual(plain(await sendingOf(storage, sending.id)), plain(sending), 'items are open: it goes on')
        assert.equal((await sendAll(storage)).completed, true)
        await assertTransmitted(storage, { sending, at: START + 7 })
        assert.deepEqual(plain(await sendingsOf(storage).listDueSendings({ now: START + 1e6, limit: 9 })), { due: [] })
      },
    },
    'completion-by-a-reap': {
      guarantee: 'A reap that completes the job makes its sending transmitted',
      check: async (storage) => {
        const sending = await transmittingSending(storage, { items: 2 })
        await claim(storage, { jobId, token: 'a', start: 2 })
        const [reaped] = await reap(storage, { decide: ({ seq }) => uncertain(seq) })
        assert.equal(reaped?.completed, true)
        await assertTransmitted(storage, { sending, at: AFTER_LEASE })
      },
    },
    'completion-by-a-revision': {
      guarantee: 'A revision that completes the job makes its sending transmitted',
      check: async (storage) => {
        const sending = await transmittingSending(storage, { items: 1 })
        const [seq = -1] = seqsIn(await claim(storage, { jobId, token: 'a' }))
        await storage.transitionJob({ jobId, from: 'processing', to: 'paused', now: START })
        await settle(storage, { jobId, token: 'a', settlements: [uncertain(seq)] })
        const revise = { jobId, from: 'paused', statuses: ['uncertain'], to: 'enqueued', now: START + 2 } as const
        const { completed } = await storage.reviseItems({ ...revise, jobTo: 'processing' })
        assert.equal(completed, true)
        await assertTransmitted(storage, { sending, at: START + 2 })
      },
    },
    'completion-by-a-resume': {
      guarantee: 'When the job of a transmitting sending is resumed with nothing open, the sending is transmitted',
      check: async (storage) => {
        const sending = await transmittingSending(storage, { items: 1 })
        const [seq = -1] = seqsIn(await claim(storage, { jobId, token: 'a' }))
        await storage.transitionJob({ jobId, from: 'processing', to: 'paused', now: START })
        await settle(storage, { jobId, token: 'a', settlements: [sent(seq)] })
        assert.deepEqual(plain(await sendingOf(storage, sending.id)), plain(sending), 'a paused job is not completed')
        const result = await storage.transitionJob({ jobId, from: 'paused', to: 'processing', now: START + 8 })
        assert.equal(result.completed, true)
        await assertTransmitted(storage, { sending, at: START + 8 })
      },
    },
    'completion-with-the-change': {
      guarantee:
        'A change to transmitting of a sending whose job is completed makes it transmitted: one version, not two',
      check: async (storage) => {
        const preparing = await preparingSending(storage, { items: 2 })
        const prepared = await change(storage, {
          sending: preparing,
          to: { status: 'prepared', wakeAt: START + 5 },
          step: RUN_STEP,
        })
        await sendAll(storage)
        assert.equal((await jobOf(storage, jobId)).status, 'completed')
        assert.deepEqual(plain(await sendingOf(storage, prepared.id)), plain(prepared), 'it is not transmitting yet')
        const to = { status: 'transmitting', wakeAt: START + 99 } as const
        const answer = await tryChange(storage, { sending: prepared, to, now: START + 11 })
        assert.equal(answer.applied, true)
        assert.equal(answer.sending?.status, 'transmitted', 'the answer says how it stands')
        await assertTransmitted(storage, { sending: prepared, at: START + 11 })
      },
    },
    'completion-with-a-step': {
      guarantee: 'A change whose step completes the job makes the sending transmitted: one version, not two',
      check: async (storage) => {
        const sending = await transmittingSending(storage, { items: 1 })
        const [seq = -1] = seqsIn(await claim(storage, { jobId, token: 'a' }))
        const pause = { type: 'transition', from: 'processing', to: 'paused' } as const
        const to = { status: 'paused', pausedFrom: 'transmitting' } as const
        const paused = await change(storage, { sending, to, step: pause })
        await settle(storage, { jobId, token: 'a', settlements: [sent(seq)] })
        const back = { status: 'transmitting', pausedFrom: undefined } as const
        const resume = { type: 'transition', from: 'paused', to: 'processing' } as const
        const answer = await tryChange(storage, { sending: paused, to: back, step: resume, now: START + 4 })
        assert.deepEqual([answer.job?.completed, answer.sending?.status], [true, 'transmitted'])
        await assertTransmitted(storage, { sending: { ...sending, version: paused.version }, at: START + 4 })
      },
    },
    'completion-of-an-empty-job': {
      guarantee: 'A sending that is transmitting as its job without items is run is transmitted',
      check: async (storage) => {
        const preparing = await preparingSending(storage)
        const to = { status: 'transmitting' } as const
        await change(storage, { sending: preparing, to, step: RUN_STEP, now: START + 1 })
        await assertTransmitted(storage, { sending: preparing, at: START + 1 })
      },
    },
    'completion-after-a-revision-of-nothing': {
      guarantee:
        'A change to transmitting whose revision finds nothing to take up leaves the job completed and the sending transmitted',
      check: async (storage) => {
        await transmittingSending(storage, { items: 1 })
        await sendAll(storage)
        const done = await sendingOf(storage, 'sending-1')
        const revise = { type: 'revise', from: 'completed', statuses: ['error'], to: 'pending' } as const
        const step = { ...revise, jobTo: 'processing', runNo: 2 } as const
        const to = { status: 'transmitting', finishedAt: undefined } as const
        const result = await tryChange(storage, { sending: done, to, step, now: START + 20 })
        assert.deepEqual([result.applied, result.job?.changed], [true, 0])
        await assertTransmitted(storage, { sending: done, at: START + 20 })
      },
    },
    'completion-once-a-run': {
      guarantee: 'A sending that is taken up again is transmitted once more, with one version more each time',
      check: async (storage) => {
        await transmittingSending(storage, { items: 1 })
        const [seq = -1] = seqsIn(await claim(storage, { jobId, token: 'a' }))
        await settle(storage, { jobId, token: 'a', settlements: [rejected(seq)] })
        const done = await sendingOf(storage, 'sending-1')
        const revise = { type: 'revise', from: 'completed', statuses: ['error'], to: 'pending' } as const
        const step = { ...revise, jobTo: 'processing', runNo: 2 } as const
        const again = await change(storage, {
          sending: done,
          to: { status: 'transmitting', finishedAt: undefined },
          step,
        })
        assert.deepEqual([again.status, again.version], ['transmitting', done.version + 1])
        await claimRetries(storage, { jobId, token: 'b' })
        const settled = await settle(storage, { jobId, token: 'b', settlements: [sent(seq)], now: START + 30 })
        assert.equal(settled.completed, true)
        await assertTransmitted(storage, { sending: again, at: START + 30 })
        const replay = await settle(storage, { jobId, token: 'b', settlements: [sent(seq)], now: START + 31 })
        assert.deepEqual([replay.answers, replay.completed], [['already'], false])
        await assertTransmitted(storage, { sending: again, at: START + 30 })
      },
    },
    'completion-while-it-is-elsewhere': {
      guarantee: 'A sending that is not transmitting stays as it is when its job completes',
      check: async (storage) => {
        const sending = await transmittingSending(storage, { items: 1 })
        const paused = await change(storage, { sending, to: { status: 'paused', pausedFrom: 'transmitting' } })
        await sendAll(storage)
        assert.equal((await jobOf(storage, jobId)).status, 'completed')
        assert.deepEqual(plain(await sendingOf(storage, sending.id)), plain(paused))
      },
    },
    'completion-fences-who-read-before': {
      guarantee: 'Who read the sending before its job completed can change it no more',
      check: async (storage) => {
        const sending = await transmittingSending(storage, { items: 1 })
        await sendAll(storage)
        const late = await tryChange(storage, { sending, to: { wakeAt: START + 1e6 } })
        assert.deepEqual([late.applied, late.sending?.status], [false, 'transmitted'])
      },
    },
    'completion-of-a-job-of-nobody': {
      guarantee: 'A job whose owner is not there, or has another job, completes as any other',
      check: async (storage) => {
        const other = await createSending(storage, { id: 'other', status: 'transmitting', jobId: 'job-2' })
        await createdJob(storage, { id: jobId, ownerId: 'other', items: 1 })
        await createdJob(storage, { id: 'job-3', ownerId: 'nobody' })
        await storage.transitionJob({ jobId, from: 'created', to: 'processing', now: START })
        assert.equal((await sendAll(storage)).completed, true)
        const run = await storage.transitionJob({ jobId: 'job-3', from: 'created', to: 'processing', now: START })
        assert.equal(run.completed, true)
        assert.deepEqual(plain(await sendingOf(storage, 'other')), plain(other))
      },
    },
  },
  needsSendings,
)
