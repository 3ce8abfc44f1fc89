import assert from 'node:assert/strict'
import type { StorageCapabilities } from '@broadside/core'
import { caseGroup } from '../conformance-case.js'
import { runningJob } from '../fixtures/jobs.js'

function needs({ wake }: StorageCapabilities): string | undefined {
  return wake ? undefined : 'it does not wake'
}

export const WAKE_CASES = caseGroup('wake', {
  'listeners-can-be-taken-away': {
    guarantee: 'onWake takes a listener and returns the way to stop it; a listener may be stopped twice',
    needs,
    check: async (storage) => {
      const stop = storage.onWake?.(() => {})
      assert.equal(typeof stop, 'function')
      await runningJob(storage, { id: 'job-1', items: 1 })
      stop?.()
      stop?.()
      await runningJob(storage, { id: 'job-2', items: 1 })
    },
  },
})
