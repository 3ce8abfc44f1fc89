import assert from 'node:assert/strict'
import type { Storage, StorageCapabilities } from '@broadside/core'
import { caseGroup } from '../conformance-case.js'
import { claimedJob } from '../fixtures/claimed-job.js'
import { claim, claimRetries, seqsIn } from '../fixtures/claims.js'
import { START } from '../fixtures/instants.js'
import { createdJob, jobOf } from '../fixtures/jobs.js'
import { newItem, newItems } from '../fixtures/new-items.js'
import { KEEP_MS, once } from '../fixtures/once.js'
import { allItems } from '../fixtures/pages.js'
import { plain } from '../fixtures/plain.js'
import { transmittingSending } from '../fixtures/sending-jobs.js'
import { needsSendings, sendingOf, sendingsOf } from '../fixtures/sendings.js'
import { rejected, retry, sent, settle } from '../fixtures/settlements.js'
import { addToWaves, readyAt, waveItems } from '../fixtures/waves.js'
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
  'sendings-and-waves-are-kept': {
    guarantee: 'Sendings, their alarms and the instants of waves outlive the process',
    needs: (capabilities, harness) => needsSendings(capabilities) ?? needs(capabilities, harness),
    check: async (storage, harness) => {
      const sending = await transmittingSending(storage, { items: 2 })
      const waves = [
        { wave: 1, dueAt: undefined },
        { wave: 2, dueAt: START + 5 },
      ]
      await addToWaves(storage, { jobId: 'job-1', items: waveItems('1:a', '2:b'), into: ['processing'], waves })
      const before = [plain(await sendingOf(storage, sending.id)), await readyAt(storage)]
      const again = await reopened(storage, harness)
      assert.deepEqual([plain(await sendingOf(again, sending.id)), await readyAt(again)], before)
      const { due } = await sendingsOf(again).listDueSendings({ now: START + 500, limit: 9 })
      assert.deepEqual(plain(due), [plain(sending)])
      const repeated = [{ ...newItem('z'), also: ['user:a'] }]
      const add = { jobId: 'job-1', items: repeated, into: ['processing'], duplicateCode: 'D' } as const
      assert.deepEqual(plain(await again.addItems(add)), { added: 0, duplicates: [0] })
      assert.deepEqual((await readyAt(again, START + 5)).ready, ['range 0', 'range 2'])
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
