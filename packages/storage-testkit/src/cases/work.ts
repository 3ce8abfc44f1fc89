import assert from 'node:assert/strict'
import type { Storage } from '@broadside/core'
import { caseGroup } from '../conformance-case.js'
import { claim, claimRetries, seqsIn } from '../fixtures/claims.js'
import { close } from '../fixtures/close.js'
import { LEASE_MS, START } from '../fixtures/instants.js'
import { addItems, pause } from '../fixtures/jobs.js'
import { AFTER_LEASE, reap } from '../fixtures/leases.js'
import { allItems } from '../fixtures/pages.js'
import { sent, settle } from '../fixtures/settlements.js'
import { counting, FEW_ROWS, ROWS_AN_ITEM } from '../work/counting.js'
import { DUE, filledJob, wornJob } from '../work/worn-job.js'

/** So that many ingests have left their traces. */
const SMALL_BATCH = 100

function settleAsSent(storage: Storage, params: { jobId: string; token: string; seqs: readonly number[] }) {
  const { jobId, token, seqs } = params
  return settle(storage, { jobId, token, settlements: seqs.map((seq) => sent(seq)) })
}

export const WORK_CASES = caseGroup('work', {
  'add-items': counting({
    guarantee: 'An ingest costs its items, not those that the job holds already, nor the ingests before it',
    calls: async (storage, meter, finished) => {
      const jobId = await filledJob(storage, finished, SMALL_BATCH)
      await meter.measure('an ingest of one', () => addItems(storage, { jobId, count: 1, from: finished }))
      const many = () => addItems(storage, { jobId, count: 500, from: finished + 1 })
      await meter.measure('an ingest of five hundred', many)
    },
    judge: (comparison) => {
      const most = ROWS_AN_ITEM * 500 + 200
      comparison.assertWithin('an ingest of five hundred', { rowsRead: most, rowsWritten: most })
    },
  }),
  claim: counting({
    guarantee:
      'A range claim writes no item: one of a thousand writes what one of one writes, in hardly more statements. What was settled ' +
      'before is not passed over again',
    calls: async (storage, meter, finished) => {
      const jobId = await wornJob(storage, { finished, open: 1_100 })
      const list = { now: START, channels: ['email'], limit: 10 }
      await meter.measure('listClaimable', () => storage.listClaimable(list))
      await meter.measure('a claim of one', () => claim(storage, { jobId, token: 'one', limit: 1 }))
      await meter.measure('a claim of a thousand', () =>
        claim(storage, { jobId, token: 'many', limit: 1_000, start: 9 }),
      )
    },
    judge: (comparison) => {
      const { statements, rowsWritten } = comparison.of('a claim of one')
      comparison.assertWithin('listClaimable', { rowsRead: 100, rowsWritten: 0 })
      comparison.assertWithin('a claim of one', { rowsRead: 100, rowsWritten: FEW_ROWS })
      comparison.assertWithin('a claim of a thousand', {
        statements: statements + 40,
        rowsRead: ROWS_AN_ITEM * 1_000,
        rowsWritten: rowsWritten + 2,
      })
    },
  }),
  settle: counting({
    guarantee: 'A settle costs its items, not those settled before, and writes the counters of its job once',
    calls: async (storage, meter, finished) => {
      const jobId = await wornJob(storage, { finished, open: 600 })
      const [first = -1, ...rest] = seqsIn(await claim(storage, { jobId, token: 'a', limit: 600 }))
      await meter.measure('a settle of one', () => settleAsSent(storage, { jobId, token: 'a', seqs: [first] }))
      const seqs = rest.slice(0, 500)
      await meter.measure('a settle of five hundred', () => settleAsSent(storage, { jobId, token: 'a', seqs }))
    },
    judge: (comparison) => {
      for (const name of ['a settle of one', 'a settle of five hundred']) {
        const { counterUpdates } = comparison.of(name)
        assert.equal(
          counterUpdates,
          1,
          `${name} writes the counters of its job once: the harness counts ${counterUpdates}`,
        )
      }
      const most = ROWS_AN_ITEM * 500 + 200
      comparison.assertWithin('a settle of five hundred', { rowsRead: most, rowsWritten: most })
    },
  }),
  leases: counting({
    guarantee:
      'To extend a lease, to give a range back and to reap one write a few rows, and of the items only those that had started',
    calls: async (storage, meter, finished) => {
      const jobId = await wornJob(storage, { finished, open: 700 })
      const seqs = seqsIn(await claim(storage, { jobId, token: 'a', limit: 500 }))
      const extension = { jobId, token: 'a', now: START, leaseUntil: START + LEASE_MS, startedThrough: seqs[100] }
      await meter.measure('an extend', () => storage.extend(extension))
      await meter.measure('giving back five hundred', () => storage.giveBack({ jobId, token: 'a', now: START }))
      await claim(storage, { jobId, token: 'b', limit: 500 })
      await meter.measure('a reap of what had not started', () => reap(storage, { now: AFTER_LEASE }))
      await claim(storage, { jobId, token: 'c', limit: 10, start: 10 })
      await meter.measure('a reap of ten that had started', () => reap(storage, { decide: ({ seq }) => sent(seq) }))
    },
    judge: (comparison) => {
      for (const name of ['an extend', 'giving back five hundred', 'a reap of what had not started']) {
        comparison.assertWithin(name, { rowsRead: 100, rowsWritten: FEW_ROWS })
      }
      comparison.assertWithin('a reap of ten that had started', { rowsWritten: ROWS_AN_ITEM * 10 + FEW_ROWS })
    },
  }),
  retries: counting({
    guarantee: 'Due retries, and items that are revised, are found without passing over those that have been settled',
    calls: async (storage, meter, finished) => {
      const jobId = await wornJob(storage, { finished, open: 10 })
      const ten = () => claimRetries(storage, { jobId, token: 'a', limit: 10, now: DUE })
      const seqs = seqsIn(await meter.measure('a claim of ten retries', ten))
      await meter.measure('a settle of ten retries', () => settleAsSent(storage, { jobId, token: 'a', seqs }))
      const revision = { jobId, from: 'processing', statuses: ['error'], to: 'enqueued', now: START } as const
      const errors = (await allItems(storage, { jobId, statuses: ['error'] })).slice(0, 5).map(({ seq }) => seq)
      await meter.measure('a revision of five', () => storage.reviseItems({ ...revision, seqs: errors }))
      const { changed } = await meter.measure('a revision of all that failed', () => storage.reviseItems(revision))
      assert.equal(changed, 15, 'all that are left are revised')
    },
    judge: (comparison) => {
      for (const name of ['a claim of ten retries', 'a settle of ten retries', 'a revision of five']) {
        comparison.assertWithin(name, { rowsRead: ROWS_AN_ITEM * 10 + 100, rowsWritten: ROWS_AN_ITEM * 10 + FEW_ROWS })
      }
    },
  }),
  reads: counting({
    guarantee:
      'A page costs what it holds wherever it begins, a filtered one a bounded stretch; jobs, counters and codes are read, not counted',
    calls: async (storage, meter, finished) => {
      const jobId = await wornJob(storage, { finished, open: 200 })
      const page = { jobId, limit: 50 }
      const pages = {
        'a first page': page,
        'a page in the middle': { ...page, after: Math.floor(finished / 2) },
        'a last page': { ...page, after: finished + 100 },
        'a page of open items': { ...page, statuses: ['pending'] },
        'a page of errors': { ...page, statuses: ['error'] },
      } as const
      for (const [name, params] of Object.entries(pages)) await meter.measure(name, () => storage.listItems(params))
      await meter.measure('getJob', () => storage.getJob(jobId))
      await meter.measure('listJobs', () => storage.listJobs({ limit: 10 }))
      await meter.measure('countCodes', () => storage.countCodes(jobId))
    },
    judge: (comparison) => {
      for (const name of ['getJob', 'listJobs', 'countCodes']) {
        comparison.assertWithin(name, { rowsRead: 100, rowsWritten: 0 })
      }
      for (const name of ['a first page', 'a page in the middle', 'a last page']) {
        comparison.assertWithin(name, { rowsRead: ROWS_AN_ITEM * 50 + 200, rowsWritten: 0 })
      }
    },
  }),
  ends: counting({
    guarantee:
      'To pause, to close and to delete a job write a few rows, whatever its size; a sweep costs what it removes',
    calls: async (storage, meter, finished) => {
      const jobId = await wornJob(storage, { finished, open: 100 })
      await meter.measure('a pause', () => pause(storage, jobId))
      await meter.measure('a close', () => close(storage, jobId, { from: 'paused' }))
      const { applied } = await meter.measure('a delete', () => storage.deleteJob({ jobId, now: START }))
      assert.equal(applied, true, 'the job is deleted')
      await meter.measure('a sweep of a hundred', () => storage.sweep({ now: START, limit: 100 }))
    },
    judge: (comparison) => {
      for (const name of ['a pause', 'a close', 'a delete']) {
        comparison.assertWithin(name, { rowsRead: 200, rowsWritten: FEW_ROWS })
      }
      comparison.assertWithin('a sweep of a hundred', { rowsWritten: ROWS_AN_ITEM * 100 + FEW_ROWS })
    },
  }),
})
