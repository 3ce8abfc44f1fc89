import assert from 'node:assert/strict'
import type { ReviseItemsParams, Storage } from '@broadside/core'
import { caseGroup } from '../conformance-case.js'
import { claimedJob } from '../fixtures/claimed-job.js'
import { claimRetries, nothingToClaim, seqsIn } from '../fixtures/claims.js'
import { START } from '../fixtures/instants.js'
import { jobOf } from '../fixtures/jobs.js'
import { AFTER_LEASE, reap } from '../fixtures/leases.js'
import { allItems } from '../fixtures/pages.js'
import { plain } from '../fixtures/plain.js'
import type { JobWithSeqs } from '../fixtures/retrying-job.js'
import { rejected, retry, sent, settle, skipped, uncertain } from '../fixtures/settlements.js'

/** A completed job of one sent, two failed, one skipped and one uncertain item, in this order. */
async function completedJob(storage: Storage): Promise<JobWithSeqs> {
  const { jobId, seqs } = await claimedJob(storage, 5)
  const [a = -1, b = -1, c = -1, d = -1, e = -1] = seqs
  const failed = { attempts: 5, trail: '{"email":5}' }
  const settlements = [sent(a), rejected(b, failed), rejected(c, failed), skipped(d), uncertain(e)]
  const { completed } = await settle(storage, { jobId, token: 'a', settlements })
  assert.equal(completed, true)
  return { jobId, seqs }
}

function revise(storage: Storage, params: Partial<ReviseItemsParams> & Pick<ReviseItemsParams, 'jobId' | 'statuses'>) {
  return storage.reviseItems({ from: 'completed', to: 'pending', now: START + 100, ...params })
}

export const REVISE_CASES = caseGroup('revise', {
  'takes-failed-items-up-again': {
    guarantee:
      'Every item of the given statuses becomes pending, with no attempts and no trail; messageId stays; the job moves',
    check: async (storage) => {
      const { jobId, seqs } = await completedJob(storage)
      const before = await allItems(storage, { jobId })
      const result = await revise(storage, { jobId, statuses: ['error'], jobTo: 'processing', runNo: 2 })
      assert.deepEqual(
        { applied: result.applied, changed: result.changed, completed: result.completed },
        { applied: true, changed: 2, completed: false },
      )
      const job = await jobOf(storage, jobId)
      assert.deepEqual(plain(result.job), plain(job))
      assert.deepEqual(
        { status: job.status, runNo: job.runNo, finishedAt: job.finishedAt },
        { status: 'processing', runNo: 2, finishedAt: undefined },
      )
      assert.deepEqual(
        { pending: job.counters.pending, error: job.counters.error, enqueued: job.counters.enqueued },
        { pending: 2, error: 0, enqueued: 1 },
      )
      const items = plain(await allItems(storage, { jobId }))
      const revised = items.filter(({ status }) => status === 'pending')
      assert.deepEqual(
        revised.map(({ seq, attempts, trail, code, reason, settledAt }) => ({
          seq,
          attempts,
          trail,
          code,
          reason,
          settledAt,
        })),
        seqs.slice(1, 3).map((seq) => ({
          seq,
          attempts: 0,
          trail: undefined,
          code: undefined,
          reason: undefined,
          settledAt: undefined,
        })),
      )
      assert.deepEqual(
        items.map((item) => item.messageId),
        before.map((item) => item.messageId),
      )
    },
  },
  'claimable-from-now-on': {
    guarantee: 'What was taken up again is claimable from `now` on, not before',
    check: async (storage) => {
      const { jobId, seqs } = await completedJob(storage)
      await revise(storage, { jobId, statuses: ['error', 'uncertain'], jobTo: 'processing', runNo: 2 })
      await nothingToClaim(storage, { jobId, token: 'b', source: 'retries', now: START + 99 })
      const again = await claimRetries(storage, { jobId, token: 'c', now: START + 100 })
      assert.deepEqual(seqsIn(again), [seqs[1], seqs[2], seqs[4]])
      await nothingToClaim(storage, { jobId, token: 'd', now: START + 100 })
    },
  },
  'completes-again': {
    guarantee: 'A job that was taken up again completes again, once',
    check: async (storage) => {
      const { jobId } = await completedJob(storage)
      await revise(storage, { jobId, statuses: ['error'], jobTo: 'processing', runNo: 2 })
      const now = START + 200
      const seqs = seqsIn(await claimRetries(storage, { jobId, token: 'b', now }))
      const result = await settle(storage, { jobId, token: 'b', now, settlements: seqs.map((seq) => sent(seq)) })
      assert.equal(result.completed, true)
      const job = await jobOf(storage, jobId)
      assert.deepEqual(
        { status: job.status, finishedAt: job.finishedAt, enqueued: job.counters.enqueued },
        { status: 'completed', finishedAt: now, enqueued: 3 },
      )
    },
  },
  'only-the-given-seqs': {
    guarantee: 'With seqs, only those items of them that have one of the statuses change',
    check: async (storage) => {
      const { jobId, seqs } = await completedJob(storage)
      const [a = -1, b = -1, , , e = -1] = seqs
      const params = { jobId, statuses: ['error', 'uncertain'], seqs: [e, a, b, 1_000_000] } as const
      assert.equal((await revise(storage, { ...params, jobTo: 'processing', runNo: 2 })).changed, 2)
      const pending = await allItems(storage, { jobId, statuses: ['pending'] })
      assert.deepEqual(
        pending.map((item) => item.seq),
        [b, e],
      )
    },
  },
  'any-status-can-be-taken-up-again': {
    guarantee: 'Any statuses can be named, several at once: sent and skipped items too are sent again',
    check: async (storage) => {
      const { jobId, seqs } = await completedJob(storage)
      const params = { jobId, statuses: ['enqueued', 'skipped', 'cancelled'], jobTo: 'processing', runNo: 2 } as const
      assert.equal((await revise(storage, params)).changed, 2)
      const again = await claimRetries(storage, { jobId, token: 'b', now: START + 100 })
      assert.deepEqual(seqsIn(again), [seqs[0], seqs[3]])
    },
  },
  'nothing-to-change': {
    guarantee: 'When no item changes, the job does not move',
    check: async (storage) => {
      const { jobId, seqs } = await completedJob(storage)
      const before = plain(await jobOf(storage, jobId))
      const moves = { jobTo: 'processing', runNo: 2 } as const
      const none = await revise(storage, { jobId, statuses: ['cancelled'], ...moves })
      assert.deepEqual(
        { applied: none.applied, changed: none.changed, completed: none.completed },
        { applied: true, changed: 0, completed: false },
      )
      assert.equal((await revise(storage, { jobId, statuses: ['error'], seqs: [], ...moves })).changed, 0)
      const [a = -1] = seqs
      assert.equal((await revise(storage, { jobId, statuses: ['error'], seqs: [a], ...moves })).changed, 0)
      assert.deepEqual(plain(await jobOf(storage, jobId)), before)
    },
  },
  'refused-from-another-status': {
    guarantee: 'Refused when the job’s status is not `from`: nothing changes',
    check: async (storage) => {
      const { jobId } = await completedJob(storage)
      const before = [plain(await jobOf(storage, jobId)), plain(await allItems(storage, { jobId }))]
      const refused = await revise(storage, { jobId, from: 'processing', statuses: ['error'], jobTo: 'processing' })
      assert.deepEqual(
        { applied: refused.applied, changed: refused.changed, completed: refused.completed },
        { applied: false, changed: 0, completed: false },
      )
      assert.deepEqual([plain(await jobOf(storage, jobId)), plain(await allItems(storage, { jobId }))], before)
    },
  },
  'uncertain-turns-out-sent': {
    guarantee: 'Uncertain items can be settled as sent: the code goes, the job stays where it is',
    check: async (storage) => {
      const { jobId, seqs } = await completedJob(storage)
      const result = await revise(storage, { jobId, statuses: ['uncertain'], to: 'enqueued' })
      assert.deepEqual({ changed: result.changed, completed: result.completed }, { changed: 1, completed: false })
      const job = await jobOf(storage, jobId)
      assert.deepEqual(
        { status: job.status, runNo: job.runNo, uncertain: job.counters.uncertain, enqueued: job.counters.enqueued },
        { status: 'completed', runNo: 1, uncertain: 0, enqueued: 2 },
      )
      const item = (await allItems(storage, { jobId })).find(({ seq }) => seq === seqs[4])
      assert.deepEqual(
        { status: item?.status, code: item?.code, reason: item?.reason },
        { status: 'enqueued', code: undefined, reason: undefined },
      )
    },
  },
  'uncertain-is-dropped': {
    guarantee: 'Uncertain items can be settled as error, with a code and a reason',
    check: async (storage) => {
      const { jobId } = await completedJob(storage)
      await revise(storage, { jobId, statuses: ['uncertain'], to: 'error', code: 'DROPPED', reason: 'by hand' })
      const items = await allItems(storage, { jobId, codes: ['DROPPED'] })
      assert.deepEqual(
        items.map(({ status, reason }) => [status, reason]),
        [['error', 'by hand']],
      )
      assert.deepEqual({ ...(await storage.countCodes(jobId)) }, { REJECTED: 2, NO_ADDRESS: 1, DROPPED: 1 })
    },
  },
  'while-the-job-runs': {
    guarantee: 'Uncertain items of a running job can be taken up again: they count as pending',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 2, { limit: 1 })
      await settle(storage, { jobId, token: 'a', settlements: seqs.map((seq) => uncertain(seq)) })
      const result = await revise(storage, { jobId, from: 'processing', statuses: ['uncertain'] })
      assert.deepEqual(
        { changed: result.changed, status: result.job?.status, pending: result.job?.counters.pending },
        { changed: 1, status: 'processing', pending: 2 },
      )
      assert.deepEqual(seqsIn(await claimRetries(storage, { jobId, token: 'b', now: START + 100 })), seqs)
    },
  },
  'in-a-closed-job': {
    guarantee: 'Uncertain items of a closed job can be settled; what reads as closed stays',
    check: async (storage) => {
      const { jobId } = await claimedJob(storage, 4, { limit: 2, start: 2 })
      await storage.closeJob({ jobId, from: 'processing', to: 'cancelled', closedAs: 'cancelled', now: START })
      await reap(storage, { decide: (item) => uncertain(item.seq) })
      const result = await revise(storage, { jobId, from: 'cancelled', statuses: ['uncertain'], to: 'enqueued' })
      assert.equal(result.changed, 2)
      const { counters } = await jobOf(storage, jobId)
      assert.deepEqual(
        { enqueued: counters.enqueued, cancelled: counters.cancelled, uncertain: counters.uncertain },
        { enqueued: 2, cancelled: 2, uncertain: 0 },
      )
    },
  },
  'an-old-token-does-not-undo-it': {
    guarantee: 'A settle that is repeated after its item was taken up again does not settle it a second time',
    check: async (storage) => {
      const { jobId, seqs } = await completedJob(storage)
      const [, b = -1, , , e = -1] = seqs
      await revise(storage, { jobId, statuses: ['error', 'uncertain'], jobTo: 'processing', runNo: 2 })
      const { answers } = await settle(storage, { jobId, token: 'a', settlements: [rejected(b), uncertain(e)] })
      assert.ok(!answers.includes('applied'), `nothing is applied: ${answers}`)
      assert.equal((await jobOf(storage, jobId)).counters.pending, 3)
    },
  },
  'what-a-person-decided-stays': {
    guarantee: 'An uncertain item that a person has settled is settled: a late word does not change it',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 1, { start: 1 })
      const [seq = -1] = seqs
      await reap(storage, { decide: (item) => uncertain(item.seq) })
      await revise(storage, { jobId, statuses: ['uncertain'], to: 'error', code: 'DROPPED' })
      const { answers } = await settle(storage, { jobId, token: 'a', now: AFTER_LEASE, settlements: [sent(seq)] })
      assert.notEqual(answers[0], 'applied')
      assert.equal((await jobOf(storage, jobId)).counters.error, 1)
    },
  },
  'revised-items-can-fail-again': {
    guarantee: 'An item that was taken up again goes through its attempts anew',
    check: async (storage) => {
      const { jobId } = await completedJob(storage)
      await revise(storage, { jobId, statuses: ['error'], jobTo: 'processing', runNo: 2 })
      const now = START + 100
      const claimed = await claimRetries(storage, { jobId, token: 'b', now })
      assert.ok(
        claimed.items.every(({ attempts, trail }) => attempts === 0 && trail === undefined),
        'what was taken up again has no attempts and no trail',
      )
      const settlements = seqsIn(claimed).map((seq) => retry(seq, now + 1))
      await settle(storage, { jobId, token: 'b', now, settlements })
      assert.equal((await claimRetries(storage, { jobId, token: 'c', now: now + 1 })).items.length, 2)
    },
  },
  'one-of-concurrent-callers': {
    guarantee: 'Of concurrent calls that take a job up again, one is applied',
    check: async (storage) => {
      const { jobId } = await completedJob(storage)
      const again = () => revise(storage, { jobId, statuses: ['error'], jobTo: 'processing', runNo: 2 })
      const results = await Promise.all([again(), again(), again()])
      assert.equal(results.filter(({ applied }) => applied).length, 1)
      assert.equal((await jobOf(storage, jobId)).counters.pending, 2)
    },
  },
})
