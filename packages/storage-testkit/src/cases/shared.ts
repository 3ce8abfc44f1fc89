import assert from 'node:assert/strict'
import type { Storage, StorageCapabilities } from '@broadside/core'
import { caseGroup } from '../conformance-case.js'
import { nothingToClaim, seqsIn, tryClaim } from '../fixtures/claims.js'
import { START } from '../fixtures/instants.js'
import { createdJob, jobOf, runningJob } from '../fixtures/jobs.js'
import { reap } from '../fixtures/leases.js'
import { newItems } from '../fixtures/new-items.js'
import { newJob } from '../fixtures/new-job.js'
import { once } from '../fixtures/once.js'
import { seqsOf } from '../fixtures/pages.js'
import { plain } from '../fixtures/plain.js'
import { transmittingSending } from '../fixtures/sending-jobs.js'
import { createSending, needsSendings, sendingOf, sendingsOf, tryChange } from '../fixtures/sendings.js'
import { rejected, sent, settle } from '../fixtures/settlements.js'
import type { Harness } from '../harness.js'

function needs({ shared }: StorageCapabilities, harness: Harness): string | undefined {
  if (!shared) return 'it is not shared'
  return harness.join ? undefined : 'the harness joins no second engine'
}

function needsWake(capabilities: StorageCapabilities, harness: Harness): string | undefined {
  return capabilities.wake ? needs(capabilities, harness) : 'it does not wake'
}

/** Does `work` with both engines and lets the second one go. */
async function withBoth(storage: Storage, harness: Harness, work: (other: Storage) => Promise<void>): Promise<void> {
  const other = await harness.join?.(storage)
  assert.ok(other, 'the harness joins a second engine')
  try {
    await work(other)
  } finally {
    if (other !== storage) await other.close()
  }
}

function needsShared(capabilities: StorageCapabilities, harness: Harness): string | undefined {
  return needsSendings(capabilities) ?? needs(capabilities, harness)
}

export const SHARED_CASES = caseGroup('shared', {
  'each-sees-what-the-other-did': {
    guarantee: 'What one engine was answered, the other reads at once',
    needs,
    check: (storage, harness) =>
      withBoth(storage, harness, async (other) => {
        const jobId = await createdJob(storage, { items: 3 })
        await other.transitionJob({ jobId, from: 'created', to: 'processing', now: START })
        assert.deepEqual(plain(await storage.getJob(jobId)), plain(await other.getJob(jobId)))
        const [first = -1] = seqsIn(await tryClaim(storage, { jobId, token: 'a' }))
        await nothingToClaim(other, { jobId, token: 'b' })
        await settle(other, { jobId, token: 'a', settlements: [sent(first)] })
        const { answers } = await settle(storage, { jobId, token: 'a', settlements: [rejected(first)] })
        assert.deepEqual(answers, ['already'])
      }),
  },
  'one-engine-gets-an-item': {
    guarantee: 'Of concurrent callers of several engines, one receives a given item',
    needs,
    check: (storage, harness) =>
      withBoth(storage, harness, async (other) => {
        const jobId = await runningJob(storage, { items: 60 })
        const engines = Array.from({ length: 24 }, (_, index) => (index % 2 === 0 ? storage : other))
        const claims = await Promise.all(
          engines.map((engine, index) => tryClaim(engine, { jobId, token: `token-${index}`, limit: 4 })),
        )
        const seqs = claims.flatMap(seqsIn)
        assert.deepEqual(
          [...seqs].sort((a, b) => a - b),
          await seqsOf(storage, jobId),
        )
      }),
  },
  'one-engine-reaps-a-lease': {
    guarantee: 'Of concurrent reaps of several engines, one ends a given lease',
    needs,
    check: (storage, harness) =>
      withBoth(storage, harness, async (other) => {
        const jobId = await runningJob(storage, { items: 8 })
        for (const token of ['a', 'b', 'c', 'd']) await tryClaim(storage, { jobId, token, limit: 2, start: 1 })
        const reaped = (await Promise.all([storage, other, storage, other].map((engine) => reap(engine)))).flat()
        assert.deepEqual(reaped.map(({ token }) => token).sort(), ['a', 'b', 'c', 'd'])
        assert.equal((await jobOf(storage, jobId)).inFlight, 0)
      }),
  },
  'one-engine-completes-the-job': {
    guarantee: 'Of concurrent settles of several engines that finish a job, one says so',
    needs,
    check: (storage, harness) =>
      withBoth(storage, harness, async (other) => {
        const jobId = await runningJob(storage, { items: 12 })
        const settles = []
        for (const [index, token] of ['a', 'b', 'c', 'd', 'e', 'f'].entries()) {
          const settlements = seqsIn(await tryClaim(storage, { jobId, token, limit: 2 })).map((seq) => sent(seq))
          settles.push(() => settle(index % 2 === 0 ? storage : other, { jobId, token, settlements }))
        }
        const results = await Promise.all(settles.map((call) => call()))
        assert.equal(results.filter(({ completed }) => completed).length, 1)
        assert.equal((await jobOf(other, jobId)).counters.enqueued, 12)
      }),
  },
  'one-engine-adds-an-identity': {
    guarantee: 'Of concurrent ingests of several engines, one adds a given identity; a key is one call among all',
    needs,
    check: (storage, harness) =>
      withBoth(storage, harness, async (other) => {
        const jobId = await createdJob(storage)
        const add = (engine: Storage) => engine.addItems({ jobId, items: newItems(10), duplicateCode: 'D' })
        const results = await Promise.all([storage, other, storage, other].map(add))
        assert.equal(
          results.reduce((sum, { added }) => sum + added, 0),
          10,
        )
        const create = (engine: Storage, index: number) =>
          engine.createJob({ job: newJob({ id: `once-${index}` }), once: once('k') })
        const jobs = await Promise.all([storage, other, storage, other].map(create))
        assert.equal(new Set(jobs.map(({ id }) => id)).size, 1)
      }),
  },
  'marks-hold-among-engines': {
    guarantee: 'Of concurrent callers of several engines, one gets a mark',
    needs,
    check: (storage, harness) =>
      withBoth(storage, harness, async (other) => {
        const mark = { key: 'k', now: START, leaseUntil: START + 100 }
        const engines = [storage, other, storage, other]
        const got = await Promise.all(
          engines.map((engine, index) => engine.acquireMark({ ...mark, token: `t-${index}` })),
        )
        assert.equal(got.filter(Boolean).length, 1)
      }),
  },
  'one-engine-changes-a-sending': {
    guarantee: 'Of concurrent changes of several engines from one version, one is applied; all read what it made',
    needs: needsShared,
    check: (storage, harness) =>
      withBoth(storage, harness, async (other) => {
        let sending = await createSending(storage)
        for (let round = 0; round < 5; round += 1) {
          const engines = [storage, other, storage, other]
          const changes = engines.map((engine, index) =>
            tryChange(engine, { sending, to: { state: `${round} ${index}` } }),
          )
          const results = await Promise.all(changes)
          const winner = results.findIndex(({ applied }) => applied)
          assert.equal(results.filter(({ applied }) => applied).length, 1, 'one change is applied')
          sending = await sendingOf(storage, sending.id)
          assert.deepEqual([sending.state, sending.version], [`${round} ${winner}`, round + 2])
          assert.deepEqual(plain(await sendingOf(other, sending.id)), plain(sending))
        }
      }),
  },
  'one-engine-steps-on-the-job': {
    guarantee: 'Of concurrent changes of several engines with steps on the job, one is applied, sending and job alike',
    needs: needsShared,
    check: (storage, harness) =>
      withBoth(storage, harness, async (other) => {
        const sending = await transmittingSending(storage, { items: 2 })
        const pause = { type: 'transition', from: 'processing', to: 'paused' } as const
        const close = { type: 'close', from: 'processing', to: 'cancelled', closedAs: 'cancelled' } as const
        const results = await Promise.all([
          tryChange(storage, { sending, to: { status: 'paused', pausedFrom: 'transmitting' }, step: pause }),
          tryChange(other, { sending, to: { status: 'cancelled' }, step: close }),
        ])
        assert.equal(results.filter(({ applied }) => applied).length, 1, 'one change is applied')
        const { status } = await sendingOf(other, sending.id)
        assert.equal((await jobOf(storage, 'job-1')).status, status, 'sending and job tell of the same change')
      }),
  },
  'one-engine-takes-up-what-is-due': {
    guarantee: 'Of several engines that find a sending due, one puts it off; a completion by one fences the other',
    needs: needsShared,
    check: (storage, harness) =>
      withBoth(storage, harness, async (other) => {
        const sending = await transmittingSending(storage, { items: 1 })
        const now = START + 500
        const takeUp = async (engine: Storage) => {
          const [due] = (await sendingsOf(engine).listDueSendings({ now, limit: 1 })).due
          return due ? (await tryChange(engine, { sending: due, to: { wakeAt: now + 100 }, now })).applied : false
        }
        const taken = await Promise.all([takeUp(storage), takeUp(other), takeUp(storage), takeUp(other)])
        assert.equal(taken.filter(Boolean).length, 1, 'one engine takes it up')
        const read = await sendingOf(other, sending.id)
        const settlements = seqsIn(await tryClaim(storage, { jobId: 'job-1', token: 'a' })).map((seq) => sent(seq))
        await settle(storage, { jobId: 'job-1', token: 'a', settlements })
        const late = await tryChange(other, { sending: read, to: { wakeAt: now + 200 }, now })
        assert.deepEqual([late.applied, late.sending?.status], [false, 'transmitted'])
      }),
  },
  'one-engine-wakes-the-other': {
    guarantee: 'A job that is run by one engine wakes the listeners of the other',
    needs: needsWake,
    check: (storage, harness) =>
      withBoth(storage, harness, async (other) => {
        let stop: (() => void) | undefined
        const woken = new Promise<void>((resolve) => {
          stop = other.onWake?.(resolve)
        })
        assert.equal(typeof stop, 'function')
        await runningJob(storage, { items: 1 })
        await woken
        stop?.()
      }),
  },
})
