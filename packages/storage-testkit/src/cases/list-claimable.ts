import assert from 'node:assert/strict'
import type { ClaimableList, Storage } from '@broadside/core'
import { caseGroup } from '../conformance-case.js'
import { claim, claimRetries, nothingToClaim, seqsIn } from '../fixtures/claims.js'
import { LEASE_MS, START } from '../fixtures/instants.js'
import { createdJob, pause, runningJob } from '../fixtures/jobs.js'
import { AFTER_LEASE, reap } from '../fixtures/leases.js'
import { plain } from '../fixtures/plain.js'
import { retryingJob } from '../fixtures/retrying-job.js'
import { sent, settle } from '../fixtures/settlements.js'

interface ListOptions {
  readonly now?: number
  readonly channels?: readonly string[]
  readonly limit?: number
}

function list(storage: Storage, { now = START, channels = ['email'], limit = 100 }: ListOptions = {}) {
  return storage.listClaimable({ now, channels, limit })
}

function turns({ ready }: ClaimableList): readonly string[] {
  return ready.map(({ jobId, source }) => `${jobId} ${source}`)
}

export const LIST_CLAIMABLE_CASES = caseGroup('claim', {
  'list-says-what-a-claim-needs': {
    guarantee: 'A job with an unclaimed range is listed with its priority and the instant it was started',
    check: async (storage) => {
      await runningJob(storage, { items: 2, startedAt: START - 7, definition: { priority: 9 } })
      assert.deepEqual(plain(await list(storage)), {
        ready: [{ jobId: 'job-1', source: 'range', wave: 0, priority: 9, startedAt: START - 7 }],
      })
    },
  },
  'list-is-empty-when-idle': {
    guarantee: 'With nothing to claim and nothing to wait for, nothing is ready and nextAt is undefined',
    check: async (storage) => {
      assert.deepEqual(plain(await list(storage)), { ready: [] })
      await createdJob(storage, { items: 3 })
      assert.deepEqual(plain(await list(storage)), { ready: [] })
    },
  },
  'list-leaves-out-what-is-held': {
    guarantee: 'A range that is claimed to its end is not listed; the lease’s end is the next instant',
    check: async (storage) => {
      const jobId = await runningJob(storage, { items: 2 })
      await claim(storage, { jobId, token: 'a', limit: 1 })
      assert.deepEqual(turns(await list(storage)), ['job-1 range'])
      await claim(storage, { jobId, token: 'b', limit: 1, leaseUntil: START + 500 })
      assert.deepEqual(plain(await list(storage)), { ready: [], nextAt: START + 500 })
    },
  },
  'list-only-processing-jobs': {
    guarantee: 'Paused and closed jobs are not listed',
    check: async (storage) => {
      const paused = await runningJob(storage, { id: 'paused', items: 1 })
      await pause(storage, paused)
      const closed = await runningJob(storage, { id: 'closed', items: 1 })
      await storage.closeJob({ jobId: closed, from: 'processing', to: 'failed', closedAs: 'error', now: START })
      assert.deepEqual(plain(await list(storage)), { ready: [] })
    },
  },
  'list-only-channels-carried': {
    guarantee: 'A job is listed for an engine that carries all of its channels',
    check: async (storage) => {
      await runningJob(storage, { id: 'both', items: 1, channels: ['email', 'sms'] })
      await runningJob(storage, { id: 'one', items: 1, channels: ['sms'] })
      await runningJob(storage, { id: 'zero', items: 1, channels: [] })
      assert.deepEqual(turns(await list(storage, { channels: ['sms'] })), ['one range', 'zero range'])
      assert.deepEqual(turns(await list(storage, { channels: ['push', 'sms', 'email'] })), [
        'both range',
        'one range',
        'zero range',
      ])
      assert.deepEqual(turns(await list(storage, { channels: ['email'] })), ['zero range'])
      assert.deepEqual(turns(await list(storage, { channels: [] })), ['zero range'])
    },
  },
  'list-by-priority-then-start-then-id': {
    guarantee: 'Ten goes first; of equals the one started earlier, then the lower id; `limit` cuts the end',
    check: async (storage) => {
      const one = async (id: string, priority: number, startedAt: number) =>
        runningJob(storage, { id, items: 1, startedAt, definition: { priority } })
      await one('d', 5, START)
      await one('a', 5, START + 1)
      await one('b', 10, START + 2)
      await one('c', 5, START)
      await one('e', 1, START - 1)
      const order = ['b range', 'c range', 'd range', 'a range', 'e range']
      assert.deepEqual(turns(await list(storage)), order)
      assert.deepEqual(turns(await list(storage, { limit: 2 })), order.slice(0, 2))
    },
  },
  'list-retries-before-the-range': {
    guarantee: 'Due retries of a job are listed before its range',
    check: async (storage) => {
      const { jobId } = await retryingJob(storage, [0], {}, 3)
      await storage.giveBack({ jobId, token: 'a', now: START })
      assert.deepEqual(turns(await list(storage)), ['job-1 retries', 'job-1 range'])
    },
  },
  'list-retries-when-due': {
    guarantee: 'Retries are listed from their nextAttemptAt on; before, that is the next instant',
    check: async (storage) => {
      const { jobId } = await retryingJob(storage, [200, 100])
      assert.deepEqual(plain(await list(storage)), { ready: [], nextAt: START + 100 })
      const due = await list(storage, { now: START + 100 })
      assert.deepEqual(turns(due), ['job-1 retries'])
      assert.equal(due.nextAt, START + 200)
      await claimRetries(storage, { jobId, token: 'b', now: START + 100 })
      assert.deepEqual(plain(await list(storage, { now: START + 100 })), { ready: [], nextAt: START + 200 })
    },
  },
  'list-given-back-when-due': {
    guarantee: 'A range given back with notBefore is listed from then on; before, that is the next instant',
    check: async (storage) => {
      const jobId = await runningJob(storage, { items: 3 })
      await claim(storage, { jobId, token: 'a' })
      await storage.giveBack({ jobId, token: 'a', now: START, notBefore: START + 250 })
      assert.deepEqual(plain(await list(storage, { now: START + 249 })), { ready: [], nextAt: START + 250 })
      assert.deepEqual(turns(await list(storage, { now: START + 250 })), ['job-1 range'])
    },
  },
  'list-next-is-the-earliest': {
    guarantee:
      'nextAt is the earliest of what becomes claimable and of the ends of leases, also while something is ready',
    check: async (storage) => {
      const jobId = await runningJob(storage, { id: 'job-2', items: 3 })
      await claim(storage, { jobId, token: 'x', limit: 1, leaseUntil: START + 300 })
      await claim(storage, { jobId, token: 'y', limit: 1, leaseUntil: START + 200 })
      const before = await list(storage)
      assert.deepEqual({ turns: turns(before), nextAt: before.nextAt }, { turns: ['job-2 range'], nextAt: START + 200 })
      const retrying = await retryingJob(storage, [150])
      assert.equal((await list(storage)).nextAt, START + 150)
      assert.equal((await list(storage, { now: START + 150 })).nextAt, START + 200)
      await storage.extend({ jobId, token: 'y', now: START, leaseUntil: START + 900 })
      assert.equal((await list(storage, { now: START + 150 })).nextAt, START + 300)
      assert.equal(retrying.jobId, 'job-1')
    },
  },
  'list-looks-past-now': {
    guarantee: 'nextAt is after `now`: what has run out or become due by now is not waited for',
    check: async (storage) => {
      const jobId = await runningJob(storage, { items: 3 })
      await claim(storage, { jobId, token: 'a', limit: 1, leaseUntil: START + 10 })
      await claim(storage, { jobId, token: 'b', limit: 2, leaseUntil: START + 20 })
      assert.equal((await list(storage, { now: START + 9 })).nextAt, START + 10)
      assert.equal((await list(storage, { now: START + 10 })).nextAt, START + 20)
      assert.equal((await list(storage, { now: START + 20 })).nextAt, undefined)
    },
  },
  'list-says-nothing-of-a-finished-lease': {
    guarantee: 'Once everything is settled there is nothing to wait for',
    check: async (storage) => {
      const jobId = await runningJob(storage, { items: 2 })
      const seqs = seqsIn(await claim(storage, { jobId, token: 'a' }))
      await settle(storage, { jobId, token: 'a', settlements: seqs.map((seq) => sent(seq)) })
      assert.deepEqual(plain(await list(storage)), { ready: [] })
    },
  },
  'list-leaves-out-a-range-settled-late': {
    guarantee: 'A range that came back and whose items were all settled late is no longer listed',
    check: async (storage) => {
      const jobId = await runningJob(storage, { items: 3 })
      const [first = -1, second = -1] = seqsIn(await claim(storage, { jobId, token: 'a', limit: 2 }))
      await claim(storage, { jobId, token: 'b', leaseUntil: START + 10 * LEASE_MS })
      await reap(storage)
      assert.deepEqual(turns(await list(storage, { now: AFTER_LEASE })), ['job-1 range'])
      const late = { jobId, token: 'a', now: AFTER_LEASE }
      await settle(storage, { ...late, settlements: [sent(first)] })
      assert.deepEqual(turns(await list(storage, { now: AFTER_LEASE })), ['job-1 range'])
      await settle(storage, { ...late, settlements: [sent(second)] })
      assert.deepEqual(turns(await list(storage, { now: AFTER_LEASE })), [])
      await nothingToClaim(storage, { jobId, token: 'c', now: AFTER_LEASE })
    },
  },
})
