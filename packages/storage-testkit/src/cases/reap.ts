import assert from 'node:assert/strict'
import type { ClaimedItem, JobRecord } from '@broadside/core'
import { caseGroup } from '../conformance-case.js'
import { claimedJob } from '../fixtures/claimed-job.js'
import { claim, claimRetries, nothingToClaim, seqsIn } from '../fixtures/claims.js'
import { LEASE_MS, START } from '../fixtures/instants.js'
import { jobOf, pause } from '../fixtures/jobs.js'
import { AFTER_LEASE, reap } from '../fixtures/leases.js'
import { allItems } from '../fixtures/pages.js'
import { plain } from '../fixtures/plain.js'
import { rejected, retry, sent, settle, uncertain } from '../fixtures/settlements.js'

const now = AFTER_LEASE

export const REAP_CASES = caseGroup('reap', {
  'nothing-is-expired': {
    guarantee: 'With no expired lease, nothing is reaped; an end after expiredAt is left alone',
    check: async (storage) => {
      assert.deepEqual(await reap(storage), [])
      const { jobId } = await claimedJob(storage, 2)
      assert.deepEqual(await reap(storage, { expiredAt: START + LEASE_MS - 1 }), [])
      assert.equal((await jobOf(storage, jobId)).inFlight, 2)
    },
  },
  'an-end-at-the-instant-is-expired': {
    guarantee: 'A lease that ends at expiredAt is expired',
    check: async (storage) => {
      const { jobId } = await claimedJob(storage, 2)
      const reaped = await reap(storage, { expiredAt: START + LEASE_MS })
      assert.deepEqual(plain(reaped), [{ jobId, token: 'a', unstarted: 2, started: 0, completed: false }])
      assert.equal((await jobOf(storage, jobId)).inFlight, 0)
    },
  },
  'the-bound-is-expired-at-not-now': {
    guarantee: '`expiredAt` says which leases have expired, whatever `now` is; Infinity ends all',
    check: async (storage) => {
      const { jobId } = await claimedJob(storage, 2)
      assert.deepEqual(await reap(storage, { now: START + 10 * LEASE_MS, expiredAt: START }), [])
      const reaped = await reap(storage, { now: START, expiredAt: Number.POSITIVE_INFINITY })
      assert.equal(reaped.length, 1)
      await claim(storage, { jobId, token: 'b', now: START })
    },
  },
  'in-the-order-of-their-ends': {
    guarantee: 'Leases of any jobs are ended in the order of their ends, up to `limit`',
    check: async (storage) => {
      const first = await claimedJob(storage, 3, { limit: 1, token: 'a', leaseUntil: START + 30 })
      await claim(storage, { jobId: first.jobId, token: 'b', limit: 1, leaseUntil: START + 10 })
      const second = await claimedJob(storage, 1, { id: 'job-2', token: 'c', leaseUntil: START + 20 })
      const tokens = async (limit: number) => (await reap(storage, { limit })).map(({ token }) => token)
      assert.deepEqual(await tokens(2), ['b', 'c'])
      assert.equal((await jobOf(storage, second.jobId)).inFlight, 0)
      assert.equal((await jobOf(storage, first.jobId)).inFlight, 1)
      assert.deepEqual(await tokens(2), ['a'])
      assert.deepEqual(await tokens(2), [])
    },
  },
  'decide-is-asked-about-what-had-started': {
    guarantee:
      '`decide` is called for each open item that had started, with the item and its job, and its settlement is applied',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 5, { start: 4 })
      const [a = -1, b = -1, c = -1, d = -1] = seqs
      await settle(storage, { jobId, token: 'a', settlements: [sent(b)] })
      const asked: [ClaimedItem, JobRecord][] = []
      const fates = new Map([
        [a, rejected(a, { attempts: 7, trail: 'crashed' })],
        [c, uncertain(c)],
        [d, retry(d, now + 60, { attempts: 1, trail: 'once' })],
      ])
      const items = plain(await allItems(storage, { jobId }))
      const reaped = await reap(storage, {
        decide: (item, job) => {
          asked.push([item, job])
          return fates.get(item.seq) ?? sent(item.seq)
        },
      })
      assert.deepEqual(plain(reaped), [{ jobId, token: 'a', unstarted: 1, started: 3, completed: false }])
      assert.deepEqual(asked.map(([item]) => item.seq).sort(), [a, c, d].sort())
      for (const [item, job] of asked) {
        const { status: _, ...open } = items.find(({ seq }) => seq === item.seq) ?? { status: 'pending' }
        assert.deepEqual(plain(item), open)
        assert.deepEqual({ id: job.id, status: job.status }, { id: jobId, status: 'processing' })
      }
      const after = new Map((await allItems(storage, { jobId })).map((item) => [item.seq, item]))
      assert.deepEqual(
        { status: after.get(a)?.status, attempts: after.get(a)?.attempts, trail: after.get(a)?.trail },
        { status: 'error', attempts: 7, trail: 'crashed' },
      )
      assert.deepEqual(
        { code: after.get(a)?.code, settledAt: after.get(a)?.settledAt },
        { code: 'REJECTED', settledAt: now },
      )
      assert.deepEqual(
        { status: after.get(c)?.status, code: after.get(c)?.code },
        { status: 'uncertain', code: 'OUTCOME_UNKNOWN' },
      )
      assert.deepEqual(
        { status: after.get(d)?.status, nextAttemptAt: after.get(d)?.nextAttemptAt },
        { status: 'pending', nextAttemptAt: now + 60 },
      )
      assert.deepEqual(seqsIn(await claimRetries(storage, { jobId, token: 'b', now: now + 60 })), [d])
    },
  },
  'a-decide-that-throws': {
    guarantee: 'A reap whose `decide` throws has ended no lease and settled no item',
    check: async (storage) => {
      const { jobId } = await claimedJob(storage, 4, { start: 3 })
      await claimedJob(storage, 2, { id: 'job-2', token: 'b', leaseUntil: START + 1 })
      const before = plain(await allItems(storage, { jobId }))
      let asked = 0
      const decide = (item: ClaimedItem) => {
        asked += 1
        if (asked === 2) throw new Error('can’t decide')
        return rejected(item.seq)
      }
      await assert.rejects(reap(storage, { decide }), 'a reap whose `decide` throws rejects')
      assert.deepEqual(plain(await allItems(storage, { jobId })), before)
      assert.deepEqual([(await jobOf(storage, jobId)).inFlight, (await jobOf(storage, 'job-2')).inFlight], [4, 2])
      assert.equal((await reap(storage)).length, 2)
    },
  },
  'in-a-paused-job': {
    guarantee: 'Leases of a paused job are reaped too; nothing of it is claimable before the resume',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 2)
      await pause(storage, jobId)
      assert.equal((await reap(storage)).length, 1)
      await nothingToClaim(storage, { jobId, token: 'b', now })
      await storage.transitionJob({ jobId, from: 'paused', to: 'processing', now })
      assert.deepEqual(seqsIn(await claim(storage, { jobId, token: 'c', now })), seqs.slice(0, 1))
    },
  },
  'a-settled-lease-is-not-reaped': {
    guarantee: 'A lease that has ended is not reaped',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 2, { limit: 1 })
      await settle(storage, { jobId, token: 'a', settlements: seqs.map((seq) => sent(seq)) })
      await claim(storage, { jobId, token: 'b' })
      await storage.giveBack({ jobId, token: 'b', now: START })
      assert.deepEqual(await reap(storage), [])
    },
  },
  'once-among-concurrent-reapers': {
    guarantee: 'Of concurrent reaps one ends a given lease, and an item is decided once',
    check: async (storage) => {
      const { jobId } = await claimedJob(storage, 6, { start: 3 })
      const reaped = (await Promise.all([1, 2, 3, 4].map(() => reap(storage)))).flat()
      assert.equal(reaped.length, 1)
      const attempts = (await allItems(storage, { jobId })).map((item) => item.attempts)
      assert.deepEqual(attempts, [1, 1, 1, 0, 0, 0])
    },
  },
})
