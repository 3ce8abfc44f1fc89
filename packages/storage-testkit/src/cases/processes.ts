import assert from 'node:assert/strict'
import type { StorageCapabilities } from '@broadside/core'
import { caseGroup } from '../conformance-case.js'
import type { Harness } from '../harness.js'
import { runWorkers, type WorkersRun } from '../processes/run-workers.js'
import {
  assertCompletedOnce,
  assertCounted,
  assertOneLeaseAnItem,
  assertReapedInTime,
  assertSettledOnce,
  assertTakenOver,
} from '../processes/verdicts.js'

function needs({ shared, durable }: StorageCapabilities, harness: Harness): string | undefined {
  if (!shared || !durable) return 'processes can’t share it'
  return harness.fork ? undefined : 'the harness forks no workers'
}

export const PROCESSES_CASES = caseGroup('processes', {
  'share-a-job': {
    guarantee:
      'Of several processes, one holds a given item at any instant, one settles it for good, and one is told that the job has completed. ' +
      'Counters add up, and no lease is ended by another before its time',
    needs,
    check: async (_, harness) => {
      const run = await runWorkers({ harness, kills: 0 })
      const holders = new Set(run.calls.filter(({ kind }) => kind === 'claim').map(({ worker }) => worker))
      assert.ok(holders.size > 1, 'several processes have claimed')
      assertShared(run)
    },
  },
  'killed-ones-are-taken-over': {
    guarantee:
      'What a process held that was killed is settled by others once its lease has run out: nothing is lost, and nothing settled twice',
    needs,
    check: async (_, harness) => {
      const run = await runWorkers({ harness, kills: 2 })
      assertShared(run)
      assertTakenOver(run)
    },
  },
})

function assertShared(run: WorkersRun): void {
  assertOneLeaseAnItem(run)
  assertReapedInTime(run)
  assertSettledOnce(run)
  assertCounted(run)
  assertCompletedOnce(run)
}
