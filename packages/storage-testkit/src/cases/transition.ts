import assert from 'node:assert/strict'
import { caseGroup } from '../conformance-case.js'
import { START } from '../fixtures/instants.js'
import { createdJob, jobOf, pause, runningJob } from '../fixtures/jobs.js'
import { plain } from '../fixtures/plain.js'

export const TRANSITION_CASES = caseGroup('transition', {
  'moves-and-sets': {
    guarantee: 'A job in `from` moves to `to`, and the given fields are set',
    check: async (storage) => {
      const jobId = await createdJob(storage, { items: 1 })
      const prepared = { content: { subject: 'Hi {{ name }}' }, contentByLocale: { de: { subject: 'Hallo' } } }
      const set = { runNo: 1, startedAt: START + 5, channels: ['email', 'sms'], prepared }
      const result = await storage.transitionJob({ jobId, from: 'created', to: 'processing', now: START + 5, set })
      assert.deepEqual({ applied: result.applied, completed: result.completed }, { applied: true, completed: false })
      assert.deepEqual(plain(result.job), plain(await storage.getJob(jobId)))
      const { status, runNo, startedAt, channels, ...job } = plain(await jobOf(storage, jobId))
      assert.deepEqual({ runNo, startedAt, channels, prepared: job.prepared }, set)
      assert.equal(status, 'processing')
      assert.equal(job.finishedAt, undefined)
    },
  },
  'what-is-not-given-stays': {
    guarantee: 'Fields that are not given stay as they are',
    check: async (storage) => {
      const jobId = await runningJob(storage, { items: 1, channels: ['sms'] })
      const before = plain(await jobOf(storage, jobId))
      await pause(storage, jobId)
      assert.deepEqual(plain(await jobOf(storage, jobId)), { ...before, status: 'paused' })
      await storage.transitionJob({ jobId, from: 'paused', to: 'processing', now: START, set: {} })
      assert.deepEqual(plain(await jobOf(storage, jobId)), before)
    },
  },
  'refused-from-another-status': {
    guarantee: 'A job in another status than `from` stays as it is, and the answer says how it stands',
    check: async (storage) => {
      const jobId = await runningJob(storage, { items: 1 })
      const before = plain(await jobOf(storage, jobId))
      const again = { jobId, from: 'created', to: 'processing', now: START + 9, set: { runNo: 2 } } as const
      assert.deepEqual(plain(await storage.transitionJob(again)), { applied: false, job: before, completed: false })
      assert.deepEqual(plain(await jobOf(storage, jobId)), before)
    },
  },
  'an-unknown-job': {
    guarantee: 'An unknown job is refused without a record',
    check: async (storage) => {
      const result = await storage.transitionJob({ jobId: 'nobody', from: 'created', to: 'processing', now: START })
      assert.deepEqual(plain(result), { applied: false, completed: false })
    },
  },
  'one-of-concurrent-callers': {
    guarantee: 'A job runs once: of concurrent callers one moves it',
    check: async (storage) => {
      const jobId = await createdJob(storage, { items: 1 })
      const run = (runNo: number) =>
        storage.transitionJob({ jobId, from: 'created', to: 'processing', now: START, set: { runNo } })
      const results = await Promise.all([1, 2, 3, 4, 5].map(run))
      const winners = results.flatMap(({ applied }, index) => (applied ? [index + 1] : []))
      assert.equal(winners.length, 1)
      assert.equal((await jobOf(storage, jobId)).runNo, winners[0])
    },
  },
})
