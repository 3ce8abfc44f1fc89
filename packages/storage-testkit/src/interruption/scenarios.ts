import { setTimeout as sleep } from 'node:timers/promises'
import type { ClaimedItem, Storage, SweepResult } from '@broadside/core'
import type { ConformanceCase } from '../conformance-case.js'
import { type ClaimedJobOptions, claimedJob } from '../fixtures/claimed-job.js'
import { claimRetries, seqsIn, tryClaim } from '../fixtures/claims.js'
import { close } from '../fixtures/close.js'
import { LEASE_MS, START } from '../fixtures/instants.js'
import { addItems, createdJob, runningJob } from '../fixtures/jobs.js'
import { AFTER_LEASE, reap } from '../fixtures/leases.js'
import { newItems } from '../fixtures/new-items.js'
import { newJob } from '../fixtures/new-job.js'
import { once } from '../fixtures/once.js'
import { preparingSending, transmittingSending } from '../fixtures/sending-jobs.js'
import { createSending, needsSendings, newSending, sendingOf, sendingsOf } from '../fixtures/sendings.js'
import { rejected, retry, sent, settle, skipped, uncertain } from '../fixtures/settlements.js'
import { waveItems } from '../fixtures/waves.js'
import { sendingIdOf } from './standing.js'

/** A call that is to be interrupted. */
export interface Scenario {
  readonly what: string
  readonly needs?: ConformanceCase['needs']
  /** Stores what the call needs, all of it in the job `jobId`, and returns the call; it may be made again after it has failed. */
  prepare(storage: Storage, jobId: string): Promise<() => Promise<unknown>>
}

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'create-job': {
    what: 'The storing of a job',
    prepare: async (storage, jobId) => {
      const job = newJob({ id: jobId, definition: { name: 'Spring', tags: ['a', 'b'] } })
      return () => storage.createJob({ job, once: keyOf(jobId) })
    },
  },
  'add-items': {
    what: 'An ingest',
    prepare: async (storage, jobId) => {
      await createdJob(storage, { id: jobId, items: 3 })
      const params = { jobId, items: newItems(6, 1), rejected: { BAD: 2 }, duplicateCode: 'DUPLICATE_USER' }
      return () => storage.addItems({ ...params, once: keyOf(jobId) })
    },
  },
  'transition-job': {
    what: 'A run',
    prepare: async (storage, jobId) => {
      await createdJob(storage, { id: jobId, items: 2 })
      const set = { runNo: 1, startedAt: START, channels: ['email'], prepared: { content: { text: 'Hello' } } }
      const params = { jobId, from: 'created', to: 'processing', now: START, set, once: keyOf(jobId) } as const
      return () => storage.transitionJob(params)
    },
  },
  'complete-at-once': {
    what: 'A run of a job without items',
    prepare: async (storage, jobId) => {
      await createdJob(storage, { id: jobId })
      return () => storage.transitionJob({ jobId, from: 'created', to: 'processing', now: START, once: keyOf(jobId) })
    },
  },
  'close-job': {
    what: 'A cancellation',
    prepare: async (storage, jobId) => {
      const { seqs, token } = await claimed(storage, jobId, { limit: 3, start: 1 })
      await settle(storage, { jobId, token, settlements: [retry(seqs[0] ?? -1, START, { code: 'BUSY' })] })
      return () => close(storage, jobId, { code: 'X', once: keyOf(jobId) })
    },
  },
  claim: {
    what: 'A claim',
    prepare: async (storage, jobId) => {
      await runningJob(storage, { id: jobId, items: 6 })
      return () => tryClaim(storage, { jobId, token: `${jobId}-a`, limit: 4, start: 2 })
    },
  },
  'claim-retries': {
    what: 'A claim of retries',
    prepare: async (storage, jobId) => {
      await retrying(storage, jobId)
      return () => tryClaim(storage, { jobId, token: `${jobId}-b`, source: 'retries', limit: 2, start: 1 })
    },
  },
  settle: {
    what: 'A settle',
    prepare: async (storage, jobId) => {
      const { seqs, token } = await claimed(storage, jobId)
      const [a = -1, b = -1, c = -1, d = -1, e = -1] = seqs
      const settlements = [sent(a), rejected(b), retry(c, START + 5), skipped(d), uncertain(e)]
      return () => settle(storage, { jobId, token, settlements, startedThrough: e })
    },
  },
  'settle-retries': {
    what: 'A settle of retries',
    prepare: async (storage, jobId) => {
      const seqs = await retrying(storage, jobId)
      await claimRetries(storage, { jobId, token: `${jobId}-b` })
      const [a = -1, b = -1] = seqs
      return () => settle(storage, { jobId, token: `${jobId}-b`, settlements: [sent(a), rejected(b)] })
    },
  },
  'settle-the-last': {
    what: 'A settle that completes its job',
    prepare: async (storage, jobId) => {
      const { seqs, token } = await claimed(storage, jobId)
      return () => settle(storage, { jobId, token, settlements: seqs.map((seq) => sent(seq)) })
    },
  },
  extend: {
    what: 'An extension',
    prepare: async (storage, jobId) => {
      const { seqs, token } = await claimed(storage, jobId)
      const leaseUntil = START + 2 * LEASE_MS
      return () => storage.extend({ jobId, token, now: START, leaseUntil, startedThrough: seqs[2] })
    },
  },
  'give-back': {
    what: 'Giving a range back',
    prepare: async (storage, jobId) => {
      const { seqs, token } = await claimed(storage, jobId, { limit: 4 })
      await settle(storage, { jobId, token, settlements: [sent(seqs[1] ?? -1)] })
      return () => storage.giveBack({ jobId, token, now: START, notBefore: START + 7 })
    },
  },
  'give-back-retries': {
    what: 'Giving retries back',
    prepare: async (storage, jobId) => {
      await retrying(storage, jobId)
      await claimRetries(storage, { jobId, token: `${jobId}-b` })
      return () => storage.giveBack({ jobId, token: `${jobId}-b`, now: START, notBefore: START + 7 })
    },
  },
  reap: {
    what: 'A reap',
    prepare: async (storage, jobId) => {
      await claimed(storage, jobId, { limit: 4, start: 2 })
      await tryClaim(storage, { jobId, token: `${jobId}-b`, limit: 1 })
      return () => reap(storage, { decide: decideByTurns })
    },
  },
  'revise-items': {
    what: 'Taking up again what failed',
    prepare: async (storage, jobId) => {
      const { seqs, token } = await claimed(storage, jobId)
      await settle(storage, {
        jobId,
        token,
        settlements: seqs.map((seq) => (seq % 2 === 0 ? sent(seq) : rejected(seq))),
      })
      const params = { from: 'completed', statuses: ['error'], to: 'pending', jobTo: 'processing' } as const
      return () => storage.reviseItems({ jobId, ...params, runNo: 2, now: AFTER_LEASE, once: keyOf(jobId) })
    },
  },
  'delete-job': {
    what: 'A deletion',
    prepare: async (storage, jobId) => {
      await createdJob(storage, { id: jobId, items: 2 })
      await close(storage, jobId, { from: 'created' })
      return () => storage.deleteJob({ jobId, now: START })
    },
  },
  sweep: {
    what: 'A sweep',
    prepare: async (storage, jobId) => {
      await createdJob(storage, { id: jobId })
      await addItems(storage, { jobId, count: 7 })
      await close(storage, jobId, { from: 'created' })
      await storage.deleteJob({ jobId, now: START })
      return () => sweepAway(storage)
    },
  },
  'add-items-to-waves': {
    what: 'An ingest into several waves of a job that is going out',
    needs: needsSendings,
    prepare: async (storage, jobId) => {
      const { token } = await claimed(storage, jobId, { limit: 4 })
      await storage.giveBack({ jobId, token, now: START })
      const also = { also: ['address:1', 'address:2'] }
      const items = waveItems('1:a', '0:b', '2:c', '1:d').map((item, index) =>
        index < 2 ? { ...item, ...also } : item,
      )
      const waves = [
        { wave: 0, dueAt: START + 3 },
        { wave: 1, dueAt: undefined },
        { wave: 2, dueAt: START + 4 },
      ]
      const params = { jobId, items, waves, into: ['processing'], duplicateCode: 'D', once: keyOf(jobId) } as const
      return () => storage.addItems(params)
    },
  },
  'create-sending': {
    what: 'The storing of a sending',
    needs: needsSendings,
    prepare: async (storage, jobId) => {
      const definition = { name: 'Spring', tags: ['a', 'b'] }
      const sending = newSending({ id: sendingIdOf(jobId), wakeAt: START, definition })
      return () => sendingsOf(storage).createSending({ sending, once: keyOf(jobId) })
    },
  },
  'change-sending-and-create': {
    what: 'A change of a sending that stores its job',
    needs: needsSendings,
    prepare: async (storage, jobId) => {
      const id = sendingIdOf(jobId)
      const sending = await createSending(storage, { id, definition: { tags: ['a', 'b'] } })
      const job = newJob({ id: jobId, ownerId: id, definition: { tags: ['c'] } })
      const { definition } = newSending({ definition: { tags: ['b', 'd'] } })
      const to = { ...sending, definition, status: 'preparing', jobId, wakeAt: START } as const
      const params = { sending: to, job: { type: 'create', job }, now: START, once: keyOf(jobId) } as const
      return () => sendingsOf(storage).changeSending(params)
    },
  },
  'change-sending-and-move': {
    what: 'A change of a sending that moves its job and its waves',
    needs: needsSendings,
    prepare: async (storage, jobId) => {
      const sending = await transmittingSending(storage, { sendingId: sendingIdOf(jobId), jobId, items: 3 })
      await storage.addItems({ jobId, items: waveItems('1:a'), into: ['processing'], duplicateCode: 'D' })
      const waves = [{ wave: 1, dueAt: START + 8 }]
      const job = { type: 'transition', from: 'processing', to: 'paused', waves } as const
      const to = { ...sending, status: 'paused', pausedFrom: 'transmitting' } as const
      return () => sendingsOf(storage).changeSending({ sending: to, job, now: START, once: keyOf(jobId) })
    },
  },
  'change-sending-and-close': {
    what: 'A change of a sending that closes its job',
    needs: needsSendings,
    prepare: async (storage, jobId) => {
      const sending = await transmittingSending(storage, { sendingId: sendingIdOf(jobId), jobId, items: 3 })
      const job = { type: 'close', from: 'processing', to: 'cancelled', closedAs: 'expired', code: 'X' } as const
      const to = { ...sending, status: 'failed' } as const
      return () => sendingsOf(storage).changeSending({ sending: to, job, now: START, once: keyOf(jobId) })
    },
  },
  'complete-a-sending': {
    what: 'A settle that completes the job of a sending',
    needs: needsSendings,
    prepare: async (storage, jobId) => {
      await transmittingSending(storage, { sendingId: sendingIdOf(jobId), jobId, items: 2 })
      const token = `${jobId}-a`
      const seqs = seqsIn(await tryClaim(storage, { jobId, token }))
      return () => settle(storage, { jobId, token, settlements: seqs.map((seq) => sent(seq)) })
    },
  },
  'revise-a-sending': {
    what: 'A change of a sending that takes up again what failed',
    needs: needsSendings,
    prepare: async (storage, jobId) => {
      const { id } = await transmittingSending(storage, { sendingId: sendingIdOf(jobId), jobId, items: 2 })
      const token = `${jobId}-a`
      const seqs = seqsIn(await tryClaim(storage, { jobId, token }))
      await settle(storage, { jobId, token, settlements: seqs.map((seq) => rejected(seq)) })
      const to = { ...(await sendingOf(storage, id)), status: 'transmitting', finishedAt: undefined } as const
      const revise = { type: 'revise', from: 'completed', statuses: ['error'], to: 'pending' } as const
      const job = { ...revise, jobTo: 'processing', runNo: 2 } as const
      return () => sendingsOf(storage).changeSending({ sending: to, job, now: START, once: keyOf(jobId) })
    },
  },
  'delete-sending': {
    what: 'A deletion of a sending and its job',
    needs: needsSendings,
    prepare: async (storage, jobId) => {
      const sending = await preparingSending(storage, { sendingId: sendingIdOf(jobId), jobId, items: 2 })
      await close(storage, jobId, { from: 'created' })
      const params = { sendingId: sending.id, version: sending.version, now: START }
      return () => sendingsOf(storage).deleteSending(params)
    },
  },
  'acquire-mark': {
    what: 'The taking of a mark',
    prepare: async (storage, jobId) => () =>
      storage.acquireMark({ key: jobId, token: 'a', now: START, leaseUntil: START + LEASE_MS }),
  },
  'release-mark': {
    what: 'The release of a mark',
    prepare: async (storage, jobId) => {
      await storage.acquireMark({ key: jobId, token: 'a', now: START, leaseUntil: START + LEASE_MS })
      return () => storage.releaseMark({ key: jobId, token: 'a' })
    },
  },
}

function keyOf(jobId: string) {
  return once(jobId)
}

async function claimed(storage: Storage, jobId: string, options: ClaimedJobOptions = {}) {
  const token = `${jobId}-a`
  const { seqs } = await claimedJob(storage, 6, { ...options, id: jobId, token })
  return { seqs, token }
}

/** Three items are to be tried again, and are due; three are settled or claimed by nobody yet. */
async function retrying(storage: Storage, jobId: string): Promise<readonly number[]> {
  const { seqs, token } = await claimed(storage, jobId, { limit: 4 })
  const [a = -1, b = -1, c = -1, d = -1] = seqs
  const settlements = [retry(a, START - 2, { code: 'BUSY' }), retry(b, START - 1), retry(c, START), sent(d)]
  await settle(storage, { jobId, token, settlements })
  return seqs
}

function decideByTurns({ seq, attempts }: ClaimedItem) {
  const counted = { attempts: attempts + 1 }
  return seq % 2 === 0 ? retry(seq, AFTER_LEASE + 5, counted) : uncertain(seq, counted)
}

/** How often a sweep is made until it has removed something, and what lies between, in ms. */
const MOST_SWEEPS = 25
const BETWEEN_SWEEPS_MS = 20

/** A sweep leaves to another what that is at; one whose connection was lost is at its rows until the server has noticed. */
async function sweepAway(storage: Storage): Promise<SweepResult> {
  for (let sweeps = 1; ; sweeps += 1) {
    const result = await storage.sweep({ now: START, limit: 1_000 })
    if (result.removed > 0 || sweeps === MOST_SWEEPS) return result
    await sleep(BETWEEN_SWEEPS_MS)
  }
}
