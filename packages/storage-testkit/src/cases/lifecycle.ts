import assert from 'node:assert/strict'
import { caseGroup } from '../conformance-case.js'
import { newJob } from '../fixtures/new-job.js'

export const LIFECYCLE_CASES = caseGroup('lifecycle', {
  'closing-twice': {
    guarantee: 'Closing is idempotent',
    check: async (_, harness) => {
      const storage = await harness.open()
      await Promise.all([storage.close(), storage.close()])
      await storage.close()
    },
  },
  'closing-finishes-what-is-under-way': {
    guarantee: 'Calls that were made before the close are finished',
    check: async (_, harness) => {
      const storage = await harness.open()
      const calls = ['job-1', 'job-2', 'job-3'].map((id) => storage.createJob({ job: newJob({ id }) }))
      await storage.close()
      const jobs = await Promise.all(calls)
      assert.deepEqual(
        jobs.map(({ id }) => id),
        ['job-1', 'job-2', 'job-3'],
      )
    },
  },
  'a-fresh-storage-is-empty': {
    guarantee: 'A storage that was never used holds nothing',
    check: async (storage) => {
      assert.deepEqual(await storage.listJobs({ limit: 10 }), [])
      assert.deepEqual(await storage.sweep({ now: Number.MAX_SAFE_INTEGER, limit: 10 }), { removed: 0, more: false })
    },
  },
})
