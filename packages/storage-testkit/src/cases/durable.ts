import assert from 'node:assert/strict'
import type { Storage, StorageCapabilities } from '@broadside/core'
import { caseGroup } from '../conformance-case.js'
import { claimedJob } from '../fixtures/claimed-job.js'
import { claim, claimRetries, seqsIn } from '../fixtures/claims.js'
import { START } from '../fixtures/instants.js'
import { createdJob, jobOf } from '../fixtures/jobs.js'
import { newItems } from '../fixtures/new-items.js'
import { KEEP_MS, once } from '../fixtures/once.js'
import { allItems } from '../fixtures/pages.js'
import { plain } from '../fixtures/plain.js'
import { rejected, retry, sent, settle } from '../fixtures/settlements.js'
import type { Harness } from '../harness.js'

function needs({ durable }: StorageCapabilities, harness: Harness): string | undefined {
  if (!harness.reopen) return 'the harness does not reopen'
  return durable ? undefined : 'it is not durable'
}

async function reopened(storage: Storage, harness: Harness): Promise<Storage> {
  const again = await harness.reopen?.(storage)
  assert.ok(again, 'the harness reopens')
  return again
}

export const DURABLE_CASES = caseGroup('durable', {
  'what-was-answered-is-kept': {
    guarantee: 'What a call answered is there after the storage was closed and opened again',
    needs,
    check: async (storage, harness) => {
      const { jobId, seqs } = await claimedJob(storage, 6, { limit: 4, start: 2 })
      const [a = -1, b = -1, c = -1] = seqs
      await settle(storage, { jobId, token: 'a', settlements: [sent(a), rejected(b), retry(c, START + 5)] })
      const before = [plain(await jobOf(storage, jobId)), plain(await allItems(storage, { jobId }))]
      const codes = { ...(await storage.countCodes(jobId)) }
      const again = await reopened(storage, harness)
      assert.deepEqual([plain(await jobOf(again, jobId)), plain(await allItems(again, { jobId }))], before)
      assert.deepEqual({ ...(await again.countCodes(jobId)) }, codes)
      const replay = await settle(again, { jobId, token: 'a', settlements: [sent(a), sent(seqs[3] ?? -1)] })
      assert.deepEqual(replay.answers, ['already', 'applied'])
      assert.equal(seqsIn(await claim(again, { jobId, token: 'b' })).length, 2)
      assert.deepEqual(seqsIn(await claimRetries(again, { jobId, token: 'c', now: START + 5 })), [c])
      return again
    },
  },
  'leases-are-kept': {
    guarantee: 'Leases and how far they have started are kept: after a restart of the only engine a reap ends them all',
    needs,
    check: async (storage, harness) => {
      const { jobId } = await claimedJob(storage, 5, { start: 2 })
      const again = await reopened(storage, harness)
      const reaped = await again.reap({
        now: START,
        expiredAt: Number.POSITIVE_INFINITY,
        limit: 10,
        decide: (item) => retry(item.seq, START, { attempts: 1 }),
      })
      assert.deepEqual(plain(reaped), [{ jobId, token: 'a', unstarted: 3, started: 2, completed: false }])
      return again
    },
  },
  'keys-and-marks-are-kept': {
    guarantee: 'Idempotency keys and marks outlive the process',
    needs,
    check: async (storage, harness) => {
      const jobId = await createdJob(storage)
      const params = { jobId, items: newItems(2), duplicateCode: 'D', once: once('k') }
      await storage.addItems(params)
      await storage.acquireMark({ key: 'm', token: 'a', now: START, leaseUntil: START + KEEP_MS })
      const again = await reopened(storage, harness)
      assert.deepEqual(plain(await again.addItems(params)), { added: 2, duplicates: [], replayed: true })
      const other = { key: 'm', token: 'b', now: START, leaseUntil: START + KEEP_MS }
      assert.equal(await again.acquireMark(other), false)
      return again
    },
  },
})
