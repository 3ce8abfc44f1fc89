import assert from 'node:assert/strict'
import { caseGroup } from '../conformance-case.js'
import { assertRejects } from '../fixtures/assert-rejects.js'
import { claimedJob } from '../fixtures/claimed-job.js'
import { claim } from '../fixtures/claims.js'
import { LEASE_MS, START } from '../fixtures/instants.js'
import { jobOf, pause } from '../fixtures/jobs.js'
import { AFTER_LEASE, reap } from '../fixtures/leases.js'
import { plain } from '../fixtures/plain.js'
import { sent, settle } from '../fixtures/settlements.js'

const LATER = START + 2 * LEASE_MS

export const EXTEND_CASES = caseGroup('extend', {
  'puts-off-the-end': {
    guarantee: 'An extended lease runs out at its new end, not at the old one',
    check: async (storage) => {
      const { jobId } = await claimedJob(storage, 2)
      const extended = await storage.extend({ jobId, token: 'a', now: START, leaseUntil: LATER })
      assert.deepEqual(plain(extended), { held: true, control: { status: 'processing', pending: 2 } })
      assert.deepEqual(await reap(storage, { now: LATER - 1 }), [])
      assert.equal((await reap(storage, { now: LATER })).length, 1)
    },
  },
  'past-its-end-but-not-reaped': {
    guarantee: 'A lease past its end that nobody has reaped is held still, and can be extended',
    check: async (storage) => {
      const { jobId } = await claimedJob(storage, 2)
      assert.equal((await storage.extend({ jobId, token: 'a', now: AFTER_LEASE, leaseUntil: LATER })).held, true)
      assert.deepEqual(await reap(storage, { now: AFTER_LEASE }), [])
    },
  },
  'not-once-it-has-ended': {
    guarantee:
      'A lease that was reaped, given back or settled to its end is not held, and extending it does not revive it',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 3, { limit: 1 })
      await settle(storage, { jobId, token: 'a', settlements: seqs.map((seq) => sent(seq)) })
      await claim(storage, { jobId, token: 'b', limit: 1 })
      await storage.giveBack({ jobId, token: 'b', now: START })
      await claim(storage, { jobId, token: 'c', limit: 1 })
      await reap(storage)
      for (const token of ['a', 'b', 'c', 'never']) {
        const extended = await storage.extend({ jobId, token, now: AFTER_LEASE, leaseUntil: LATER, startedThrough: 99 })
        assert.equal(extended.held, false, `${token} is not held`)
      }
      assert.equal((await jobOf(storage, jobId)).inFlight, 0)
      assert.deepEqual(await reap(storage, { now: LATER }), [])
    },
  },
  'fenced-by-the-token': {
    guarantee: 'Only the lease of the token is extended',
    check: async (storage) => {
      const { jobId } = await claimedJob(storage, 2, { limit: 1 })
      await claim(storage, { jobId, token: 'b' })
      await storage.extend({ jobId, token: 'b', now: START, leaseUntil: LATER })
      assert.deepEqual(
        (await reap(storage)).map(({ token }) => token),
        ['a'],
      )
    },
  },
  'tokens-belong-to-their-job': {
    guarantee: 'A token extends nothing of another job',
    check: async (storage) => {
      await claimedJob(storage, 1)
      const other = await claimedJob(storage, 1, { id: 'job-2', token: 'b' })
      const { held } = await storage.extend({ jobId: other.jobId, token: 'a', now: START, leaseUntil: LATER })
      assert.equal(held, false)
      assert.equal((await reap(storage)).length, 2)
    },
  },
  'marks-items-as-started': {
    guarantee: 'Items up to startedThrough count as started from then on',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 4)
      const [, second = -1] = seqs
      await storage.extend({ jobId, token: 'a', now: START, leaseUntil: AFTER_LEASE, startedThrough: second })
      const [reaped] = await reap(storage)
      assert.deepEqual({ started: reaped?.started, unstarted: reaped?.unstarted }, { started: 2, unstarted: 2 })
    },
  },
  'a-settle-marks-items-as-started': {
    guarantee: 'startedThrough of a settle counts as that of an extend',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 4)
      const [first = -1, , third = -1] = seqs
      await settle(storage, { jobId, token: 'a', settlements: [sent(first)], startedThrough: third })
      const [reaped] = await reap(storage)
      assert.deepEqual({ started: reaped?.started, unstarted: reaped?.unstarted }, { started: 2, unstarted: 1 })
    },
  },
  'started-never-moves-back': {
    guarantee: 'startedThrough never moves back, and what is not given stays',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 4, { start: 3 })
      const [first = -1] = seqs
      const extend = { jobId, token: 'a', now: START, leaseUntil: AFTER_LEASE }
      await storage.extend({ ...extend, startedThrough: first })
      await storage.extend(extend)
      await settle(storage, { jobId, token: 'a', settlements: [], startedThrough: -1 })
      const [reaped] = await reap(storage)
      assert.deepEqual({ started: reaped?.started, unstarted: reaped?.unstarted }, { started: 3, unstarted: 1 })
    },
  },
  'an-ended-lease-starts-nothing': {
    guarantee: 'startedThrough under an ended lease marks nothing of the lease that followed',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 4)
      await reap(storage)
      await claim(storage, { jobId, token: 'b', limit: 2, now: AFTER_LEASE })
      const late = { jobId, token: 'a', now: AFTER_LEASE, startedThrough: seqs[3] ?? -1 }
      await storage.extend({ ...late, leaseUntil: LATER })
      await storage.settle({ ...late, settlements: [] })
      const [reaped] = await reap(storage, { now: AFTER_LEASE + LEASE_MS })
      assert.deepEqual(
        { token: reaped?.token, started: reaped?.started, unstarted: reaped?.unstarted },
        { token: 'b', started: 0, unstarted: 2 },
      )
    },
  },
  'tells-the-control-state': {
    guarantee: 'An extend tells of pause and cancel, and leases of a paused or closed job are held on',
    check: async (storage) => {
      const { jobId } = await claimedJob(storage, 3, { limit: 2 })
      const extend = () => storage.extend({ jobId, token: 'a', now: START, leaseUntil: LATER })
      await pause(storage, jobId)
      assert.deepEqual(plain(await extend()), { held: true, control: { status: 'paused', pending: 3 } })
      await storage.closeJob({ jobId, from: 'paused', to: 'cancelled', closedAs: 'expired', now: START })
      assert.deepEqual(plain(await extend()), {
        held: true,
        control: { status: 'cancelled', closedAs: 'expired', pending: 2 },
      })
    },
  },
  'an-unknown-job': {
    guarantee: 'An unknown job is JOB_NOT_FOUND',
    check: async (storage) => {
      const extend = storage.extend({ jobId: 'nobody', token: 'a', now: START, leaseUntil: LATER })
      await assertRejects(extend, 'JOB_NOT_FOUND')
    },
  },
})
