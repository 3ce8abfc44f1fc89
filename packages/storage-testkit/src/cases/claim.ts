import assert from 'node:assert/strict'
import { isBroadsideError } from '@broadside/core'
import { caseGroup } from '../conformance-case.js'
import { claim, nothingToClaim, seqsIn, tryClaim } from '../fixtures/claims.js'
import { LEASE_MS, START } from '../fixtures/instants.js'
import { createdJob, jobOf, pause, runningJob } from '../fixtures/jobs.js'
import { newItems } from '../fixtures/new-items.js'
import { seqsOf } from '../fixtures/pages.js'
import { plain } from '../fixtures/plain.js'
import { sent, settle } from '../fixtures/settlements.js'
import { vandalise } from '../fixtures/vandalise.js'

export const CLAIM_CASES = caseGroup('claim', {
  'hands-out-items-with-one-lease': {
    guarantee: 'A claim hands out items as they were ingested, with its token and the control state of the job',
    check: async (storage) => {
      const jobId = await runningJob(storage, { items: 3 })
      const { items, ...claimed } = plain(await claim(storage, { jobId, token: 'a' }))
      assert.deepEqual(claimed, {
        token: 'a',
        jobId,
        startedThrough: -1,
        control: { status: 'processing', pending: 3 },
      })
      const expected = newItems(3).map(({ identity: _, ...item }) => ({ ...item, attempts: 0 }))
      assert.deepEqual(
        items.map(({ seq: _, ...item }) => item),
        expected,
      )
    },
  },
  'lowest-seq-first-up-to-limit': {
    guarantee: 'A range claim takes one contiguous run, lowest seq first, of up to `limit` items',
    check: async (storage) => {
      const jobId = await runningJob(storage, { items: 7 })
      const seqs = await seqsOf(storage, jobId)
      assert.deepEqual(seqsIn(await claim(storage, { jobId, token: 'a', limit: 3 })), seqs.slice(0, 3))
      assert.deepEqual(seqsIn(await claim(storage, { jobId, token: 'b', limit: 1 })), seqs.slice(3, 4))
      assert.deepEqual(seqsIn(await claim(storage, { jobId, token: 'c', limit: 100 })), seqs.slice(4))
    },
  },
  'nothing-left-is-undefined': {
    guarantee: 'Undefined when nothing is due, never an empty claim',
    check: async (storage) => {
      const jobId = await runningJob(storage, { items: 1 })
      await claim(storage, { jobId, token: 'a' })
      await nothingToClaim(storage, { jobId, token: 'b' })
      await nothingToClaim(storage, { jobId, token: 'c', source: 'retries' })
    },
  },
  'only-while-processing': {
    guarantee: 'Undefined when the job is not processing',
    check: async (storage) => {
      const created = await createdJob(storage, { id: 'created', items: 1 })
      await nothingToClaim(storage, { jobId: created, token: 'a' })
      const paused = await runningJob(storage, { id: 'paused', items: 1 })
      await pause(storage, paused)
      await nothingToClaim(storage, { jobId: paused, token: 'b' })
      await storage.transitionJob({ jobId: paused, from: 'paused', to: 'processing', now: START })
      await claim(storage, { jobId: paused, token: 'c' })
    },
  },
  'an-unknown-job': {
    guarantee: 'An unknown job has nothing to claim',
    check: async (storage) => {
      const claimed = await tryClaim(storage, { jobId: 'nobody', token: 'a' }).catch((error: unknown) => {
        assert.ok(isBroadsideError(error, 'JOB_NOT_FOUND'), `undefined or JOB_NOT_FOUND, not ${error}`)
      })
      assert.equal(claimed, undefined)
    },
  },
  'adds-to-in-flight': {
    guarantee: 'A claim adds the number of its items to inFlight; they stay pending',
    check: async (storage) => {
      const jobId = await runningJob(storage, { items: 5 })
      await claim(storage, { jobId, token: 'a', limit: 2 })
      assert.equal((await jobOf(storage, jobId)).inFlight, 2)
      await claim(storage, { jobId, token: 'b', limit: 2 })
      const job = await jobOf(storage, jobId)
      assert.deepEqual({ inFlight: job.inFlight, pending: job.counters.pending }, { inFlight: 4, pending: 5 })
    },
  },
  'one-caller-gets-an-item': {
    guarantee: 'Of any number of concurrent callers, one receives a given item',
    check: async (storage) => {
      const jobId = await runningJob(storage, { items: 40 })
      const tokens = Array.from({ length: 12 }, (_, index) => `token-${index}`)
      const claims = await Promise.all(tokens.map((token) => tryClaim(storage, { jobId, token, limit: 5 })))
      const seqs = claims.flatMap(seqsIn)
      assert.equal(new Set(seqs).size, seqs.length, 'no item was handed out twice')
      assert.deepEqual(
        [...seqs].sort((a, b) => a - b),
        await seqsOf(storage, jobId),
      )
      assert.equal((await jobOf(storage, jobId)).inFlight, 40)
    },
  },
  'start-counts-the-first': {
    guarantee: 'The first `start` items count as started; startedThrough is their highest seq, or -1',
    check: async (storage) => {
      const jobId = await runningJob(storage, { items: 9 })
      const seqs = await seqsOf(storage, jobId)
      assert.equal((await claim(storage, { jobId, token: 'a', limit: 3, start: 2 })).startedThrough, seqs[1])
      assert.equal((await claim(storage, { jobId, token: 'b', limit: 3, start: 3 })).startedThrough, seqs[5])
      assert.equal((await claim(storage, { jobId, token: 'c', limit: 9, start: 9 })).startedThrough, seqs[8])
    },
  },
  'a-claimed-range-is-not-claimed-again': {
    guarantee:
      'What a lease covers is nobody else’s, settled or not, until the lease has ended: the end alone frees nothing',
    check: async (storage) => {
      const jobId = await runningJob(storage, { items: 4 })
      const [first = -1] = seqsIn(await claim(storage, { jobId, token: 'a', limit: 4 }))
      await settle(storage, { jobId, token: 'a', settlements: [sent(first)] })
      await nothingToClaim(storage, { jobId, token: 'b', now: START + 10 * LEASE_MS })
    },
  },
  'another-wave-has-nothing': {
    guarantee: 'Every item is in wave 0',
    check: async (storage) => {
      const jobId = await runningJob(storage, { items: 2 })
      await nothingToClaim(storage, { jobId, token: 'a', wave: 1 })
    },
  },
  'claims-are-copies': {
    guarantee: 'Changing what came out does not change what is stored',
    check: async (storage) => {
      const jobId = await runningJob(storage, { items: 3 })
      const claimed = await claim(storage, { jobId, token: 'a' })
      const seqs = seqsIn(claimed)
      vandalise(claimed)
      const settlements = seqs.map((seq) => sent(seq))
      const { answers } = await settle(storage, { jobId, token: 'a', settlements })
      assert.deepEqual(answers, ['applied', 'applied', 'applied'])
    },
  },
})
