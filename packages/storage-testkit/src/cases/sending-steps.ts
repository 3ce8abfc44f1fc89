import assert from 'node:assert/strict'
import type { OwnedJobStep, SendingRecord, Storage } from '@broadside/core'
import { caseGroup } from '../conformance-case.js'
import { assertRejects } from '../fixtures/assert-rejects.js'
import { claim, nothingToClaim, seqsIn } from '../fixtures/claims.js'
import { START } from '../fixtures/instants.js'
import { createdJob, jobOf } from '../fixtures/jobs.js'
import { newJob } from '../fixtures/new-job.js'
import { allItems } from '../fixtures/pages.js'
import { plain } from '../fixtures/plain.js'
import { preparingSending, RUN_STEP, standing, transmittingSending } from '../fixtures/sending-jobs.js'
import { createSending, needsSendings, sendingOf, sendingsOf, tryChange } from '../fixtures/sendings.js'
import { rejected, settle } from '../fixtures/settlements.js'

interface Refusal {
  readonly sending: SendingRecord
  readonly step: OwnedJobStep
  readonly to?: Partial<SendingRecord>
}

/** Checks that a change whose step does not apply has changed nothing, and says how things stand. */
async function assertRefused(storage: Storage, { sending, step, to = { status: 'cancelled' } }: Refusal) {
  const before = await standing(storage, sending)
  const { applied, sending: answered, job } = await tryChange(storage, { sending, to, step })
  assert.equal(applied, false, `a change is refused whose step is: ${step.type}`)
  assert.deepEqual(plain(answered), before.sending, 'the answer says how the sending stands')
  assert.deepEqual([job?.applied, job?.completed], [false, false], 'the answer has what the step answered')
  assert.deepEqual(plain(job?.job), before.job, 'the answer of the step says how the job stands')
  assert.deepEqual(await standing(storage, sending), before, 'neither sending nor job has changed')
}

export const SENDING_STEP_CASES = caseGroup(
  'sending',
  {
    'change-creates-the-job': {
      guarantee: 'The step `create` stores the job of the sending with the change, and answers it',
      check: async (storage) => {
        const sending = await createSending(storage, { status: 'pending' })
        const job = newJob({ id: 'job-7', ownerId: sending.id, definition: { name: 'Spring', tags: ['a'] } })
        const to = { status: 'preparing', jobId: job.id } as const
        const result = await tryChange(storage, { sending, to, step: { type: 'create', job } })
        const stored = await jobOf(storage, 'job-7')
        assert.deepEqual([stored.status, stored.ownerId, stored.runNo], ['created', 'sending-1', 0])
        assert.deepEqual(plain(result.job), plain({ applied: true, job: stored, completed: false }))
        assert.deepEqual(plain(result.sending), plain({ ...sending, ...to, version: 2 }))
        assert.deepEqual(plain(await sendingOf(storage, sending.id)), plain(result.sending))
      },
    },
    'change-creates-no-job-of-a-taken-id': {
      guarantee: 'A change whose job has an id that is taken rejects with STORAGE_FAILED and has changed nothing',
      check: async (storage) => {
        await createdJob(storage, { id: 'job-1', items: 2 })
        const sending = await createSending(storage, { status: 'pending' })
        const step = { type: 'create', job: newJob({ id: 'job-1', ownerId: sending.id }) } as const
        const to = { status: 'preparing', jobId: 'job-1' } as const
        await assertRejects(tryChange(storage, { sending, to, step }), 'STORAGE_FAILED')
        assert.deepEqual(plain(await sendingOf(storage, sending.id)), plain(sending))
        const { ownerId, counters } = await jobOf(storage, 'job-1')
        assert.deepEqual([ownerId, counters.received], [undefined, 2])
      },
    },
    'change-moves-the-job': {
      guarantee: 'The step `transition` moves the job and sets its fields with the change, as transitionJob does',
      check: async (storage) => {
        const sending = await preparingSending(storage, { items: 3 })
        const prepared = { content: { text: 'Hello' } }
        const set = { runNo: 1, startedAt: START + 4, channels: ['email', 'sms'], prepared }
        const step = { type: 'transition', from: 'created', to: 'processing', set } as const
        const result = await tryChange(storage, { sending, to: { status: 'prepared' }, step, now: START + 4 })
        const job = await jobOf(storage, 'job-1')
        const { status, runNo, startedAt, channels } = job
        assert.deepEqual([status, runNo, startedAt, [...channels]], ['processing', 1, START + 4, ['email', 'sms']])
        assert.deepEqual(plain(job.prepared), prepared)
        assert.deepEqual(plain(result.job), plain({ applied: true, job, completed: false }))
        assert.deepEqual(plain(result.sending), plain({ ...sending, status: 'prepared', version: 3 }))
      },
    },
    'change-moves-the-job-to-where-it-is': {
      guarantee:
        'A transition from a status to itself sets the fields given and leaves the others, and what is in flight',
      check: async (storage) => {
        const sending = await transmittingSending(storage, { items: 3 })
        await claim(storage, { jobId: 'job-1', token: 'a', limit: 2 })
        const before = await jobOf(storage, 'job-1')
        const prepared = { content: { text: 'The champion' } }
        const step = { type: 'transition', from: 'processing', to: 'processing', set: { prepared } } as const
        const result = await tryChange(storage, { sending, to: { state: '{"champion":"b"}' }, step, now: START + 9 })
        assert.deepEqual([result.applied, result.job?.completed], [true, false])
        assert.deepEqual(plain(await jobOf(storage, 'job-1')), plain({ ...before, prepared }))
      },
    },
    'change-closes-the-job': {
      guarantee: 'The step `close` closes the job with the change, as closeJob does',
      check: async (storage) => {
        const sending = await transmittingSending(storage, { items: 5 })
        await claim(storage, { jobId: 'job-1', token: 'a', limit: 2 })
        const step = { type: 'close', from: 'processing', to: 'cancelled', closedAs: 'expired', code: 'LATE' } as const
        const result = await tryChange(storage, { sending, to: { status: 'failed' }, step, now: START + 3 })
        const job = await jobOf(storage, 'job-1')
        assert.deepEqual(plain(result.job), plain({ applied: true, job, completed: false }))
        assert.deepEqual([job.status, job.closedAs, job.finishedAt], ['cancelled', 'expired', START + 3])
        assert.deepEqual([job.counters.expired, job.counters.pending, job.inFlight], [3, 2, 2])
        const codes = (await allItems(storage, { jobId: 'job-1' })).map(({ code }) => code)
        assert.deepEqual(codes, [undefined, undefined, 'LATE', 'LATE', 'LATE'])
        assert.equal((await sendingOf(storage, sending.id)).status, 'failed')
      },
    },
    'change-revises-items': {
      guarantee:
        'The step `revise` takes items of the job up again with the change, as reviseItems does, and says how many',
      check: async (storage) => {
        const sending = await transmittingSending(storage, { items: 3 })
        const seqs = seqsIn(await claim(storage, { jobId: 'job-1', token: 'a' }))
        await settle(storage, { jobId: 'job-1', token: 'a', settlements: seqs.map((seq) => rejected(seq)) })
        const done = await sendingOf(storage, sending.id)
        assert.equal(done.status, 'transmitted')
        const revise = { type: 'revise', from: 'completed', statuses: ['error'], seqs: seqs.slice(1) } as const
        const step = { ...revise, to: 'pending', jobTo: 'processing', runNo: 2 } as const
        const to = { status: 'transmitting', finishedAt: undefined } as const
        const result = await tryChange(storage, { sending: done, to, step, now: START + 5 })
        const job = await jobOf(storage, 'job-1')
        assert.deepEqual([job.status, job.runNo, job.counters.pending, job.finishedAt], ['processing', 2, 2, undefined])
        assert.deepEqual(plain(result.job), plain({ applied: true, job, completed: false, changed: 2 }))
        const { finishedAt: _, ...rest } = done
        assert.deepEqual(plain(result.sending), plain({ ...rest, status: 'transmitting', version: done.version + 1 }))
      },
    },
    'change-with-a-move-that-is-refused': {
      guarantee: 'When the job is not where a transition starts, neither sending nor job changes',
      check: async (storage) => {
        const sending = await transmittingSending(storage, { items: 2 })
        await assertRefused(storage, { sending, step: { type: 'transition', from: 'paused', to: 'processing' } })
        await assertRefused(storage, { sending, step: RUN_STEP })
      },
    },
    'change-with-waves-that-are-refused': {
      guarantee: 'A transition that is refused gives no wave an instant',
      check: async (storage) => {
        const sending = await transmittingSending(storage, { items: 2 })
        const waves = [{ wave: 0, dueAt: undefined }]
        await assertRefused(storage, { sending, step: { type: 'transition', from: 'paused', to: 'paused', waves } })
        assert.equal((await claim(storage, { jobId: 'job-1', token: 'a' })).items.length, 2)
      },
    },
    'change-with-a-close-that-is-refused': {
      guarantee: 'When the job is not where closing starts, neither sending nor job changes',
      check: async (storage) => {
        const sending = await transmittingSending(storage, { items: 2 })
        const step = { type: 'close', from: 'paused', to: 'cancelled', closedAs: 'cancelled' } as const
        await assertRefused(storage, { sending, step })
        assert.equal((await claim(storage, { jobId: 'job-1', token: 'a' })).items.length, 2)
      },
    },
    'change-with-a-revision-that-is-refused': {
      guarantee: 'When the job is not where a revision starts, neither sending nor job nor items change',
      check: async (storage) => {
        const sending = await transmittingSending(storage, { items: 2 })
        const [first = -1] = seqsIn(await claim(storage, { jobId: 'job-1', token: 'a' }))
        await settle(storage, { jobId: 'job-1', token: 'a', settlements: [rejected(first)] })
        const step = { type: 'revise', from: 'completed', statuses: ['error'], to: 'pending' } as const
        await assertRefused(storage, { sending, step })
        await nothingToClaim(storage, { jobId: 'job-1', token: 'b', source: 'retries' })
      },
    },
    'change-with-a-step-without-a-job': {
      guarantee: 'A step on a job that is not there is not applied, and nothing changes',
      check: async (storage) => {
        const sending = await createSending(storage, { jobId: 'nobody' })
        await assertRefused(storage, { sending, step: RUN_STEP })
        const step = { type: 'close', from: 'processing', to: 'cancelled', closedAs: 'cancelled' } as const
        await assertRefused(storage, { sending, step })
      },
    },
    'change-among-steps-of-concurrent-callers': {
      guarantee: 'Of concurrent changes with steps on one job, one is applied, sending and job alike',
      check: async (storage) => {
        const sending = await transmittingSending(storage, { items: 2 })
        const pause = { type: 'transition', from: 'processing', to: 'paused' } as const
        const close = { type: 'close', from: 'processing', to: 'cancelled', closedAs: 'cancelled' } as const
        const results = await Promise.all([
          tryChange(storage, { sending, to: { status: 'paused', pausedFrom: 'transmitting' }, step: pause }),
          tryChange(storage, { sending, to: { status: 'cancelled' }, step: close }),
          tryChange(storage, { sending, to: { status: 'paused', pausedFrom: 'transmitting' }, step: pause }),
        ])
        assert.equal(results.filter(({ applied }) => applied).length, 1)
        const { status } = await sendingOf(storage, sending.id)
        assert.equal((await jobOf(storage, 'job-1')).status, status, 'sending and job tell of the same change')
      },
    },
    'change-leaves-an-owned-job-to-its-callers': {
      guarantee: 'What is done to the job alone does not change its sending, nor its version',
      check: async (storage) => {
        const sending = await transmittingSending(storage, { items: 3 })
        const jobId = 'job-1'
        const [first = -1] = seqsIn(await claim(storage, { jobId, token: 'a', limit: 1 }))
        await settle(storage, { jobId, token: 'a', settlements: [rejected(first)] })
        await storage.transitionJob({ jobId, from: 'processing', to: 'paused', now: START })
        const close = { from: 'paused', to: 'cancelled', closedAs: 'cancelled', now: START } as const
        await storage.closeJob({ jobId, ...close })
        assert.deepEqual(plain(await sendingOf(storage, sending.id)), plain(sending))
        await storage.deleteJob({ jobId, now: START })
        assert.deepEqual(plain(await sendingsOf(storage).getSending(sending.id)), plain(sending))
      },
    },
  },
  needsSendings,
)
