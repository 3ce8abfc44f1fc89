import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import type { ClaimParams, JobRecord, SendingStorage, SettleAnswer, Storage } from '@broadside/core'
import { allItems } from '../fixtures/pages.js'
import { plain } from '../fixtures/plain.js'
import { expectAdded } from './commands/add.js'
import { candidatesOf } from './commands/claim.js'
import { expiredLeases } from './commands/reap.js'
import { revisableItems } from './commands/revise.js'
import { allowedAnswers } from './commands/settle.js'
import type { ModelItem } from './model-item.js'
import { controlOf, inFlightOf, type ModelJob, recordOf } from './model-job.js'
import { coveredBy, isHeld, type ModelLease, startedOf } from './model-lease.js'
import { leaseOf, type World } from './world.js'

/** The calls that change something, as the model makes them. */
export type WritingMethod =
  | 'createJob'
  | 'addItems'
  | 'transitionJob'
  | 'closeJob'
  | 'claim'
  | 'settle'
  | 'extend'
  | 'giveBack'
  | 'reap'
  | 'reviseItems'
  | 'deleteJob'
  | 'sweep'

type Params<Method extends WritingMethod> = Parameters<Storage[Method]>[0]
type Answer<Method extends WritingMethod> = Awaited<ReturnType<Storage[Method]>>

/** Finds out what a call has done whose answer was lost. */
interface Recovery<Method extends WritingMethod> {
  /** False where what it did could not be told from what else it might have. Default: it can be. */
  readonly canTell?: (world: World, params: Params<Method>) => boolean
  /** Its answer, put together from what the storage reads or says to a repeat; `undefined` when it has done nothing. */
  readonly find: (world: World, params: Params<Method>) => Promise<Answer<Method> | undefined>
}

/** In the meantime the model stands where the storage stood before the call. */
export const LOST_ANSWERS: { readonly [Method in WritingMethod]: Recovery<Method> } = {
  createJob: { find: (world, { job }) => world.storage.getJob(job.id) },
  addItems: {
    find: async (world, { jobId, items }) => {
      const changed = await changedJob(world, jobId)
      return (
        changed && {
          ...expectAdded(changed.job, items),
          added: changed.record.counters.received - changed.job.items.length,
        }
      )
    },
  },
  transitionJob: {
    find: async (world, { jobId }) => {
      const changed = await changedJob(world, jobId)
      return changed && { applied: true, job: changed.record, completed: changed.record.status === 'completed' }
    },
  },
  closeJob: {
    find: async (world, { jobId }) => {
      const changed = await changedJob(world, jobId)
      return changed && { applied: true, job: changed.record, completed: false }
    },
  },
  claim: { canTell: canTellClaim, find: findClaim },
  settle: { find: findSettle },
  extend: { find: (world, params) => world.storage.extend(params) },
  giveBack: {
    find: async (world, params) => {
      const { control } = await world.storage.giveBack(params)
      return { held: isHeld(leaseOf(world, params.token)), control }
    },
  },
  reap: {
    canTell: (world, { expiredAt, limit }) => expiredLeases(world, expiredAt).length <= limit,
    find: findReap,
  },
  reviseItems: { find: findRevision },
  deleteJob: {
    find: async (world, { jobId }) => {
      const isGone = (await world.storage.getJob(jobId)) === undefined
      return isGone ? { applied: !jobOf(world, jobId).deleted, completed: false } : undefined
    },
  },
  sweep: { find: (world, params) => world.storage.sweep(params) },
}

export type WritingSendingMethod = 'createSending' | 'changeSending' | 'deleteSending'

type SendingParams<Method extends WritingSendingMethod> = Parameters<SendingStorage[Method]>[0]
type SendingAnswer<Method extends WritingSendingMethod> = Awaited<ReturnType<SendingStorage[Method]>>

/** As {@link LOST_ANSWERS}: the version tells what a call has done. */
export const LOST_SENDING_ANSWERS: {
  readonly [Method in WritingSendingMethod]: {
    readonly find: (world: World, params: SendingParams<Method>) => Promise<SendingAnswer<Method> | undefined>
  }
} = {
  createSending: { find: async (world, { sending }) => world.storage.sendings?.getSending(sending.id) },
  changeSending: { find: findChange },
  deleteSending: {
    find: async (world, { sendingId }) => {
      const isThere = world.sendings.find(({ id }) => id === sendingId)?.record !== undefined
      const isGone = (await world.storage.sendings?.getSending(sendingId)) === undefined
      return isThere && isGone ? { applied: true } : undefined
    },
  },
}

async function findChange(world: World, { sending, job: step }: SendingParams<'changeSending'>) {
  const before = world.sendings.find(({ id }) => id === sending.id)
  const read = await world.storage.sendings?.getSending(sending.id)
  if (!read || read.version === before?.record?.version) return undefined
  if (!step) return { applied: true, sending: read }
  const record = read.jobId === undefined ? undefined : await world.storage.getJob(read.jobId)
  const completed = record?.status === 'completed' && before?.job?.status !== 'completed'
  const changed = step.type === 'revise' && before?.job ? { changed: countRevisable(before.job, step) } : {}
  return { applied: true, sending: read, job: { applied: true, job: record, completed, ...changed } }
}

function countRevisable(job: ModelJob, { statuses, seqs }: Pick<Params<'reviseItems'>, 'statuses' | 'seqs'>): number {
  return revisableItems(job, { statuses, seqs }).length
}

function jobOf(world: World, jobId: string): ModelJob {
  const job = world.jobs.find(({ id }) => id === jobId)
  assert.ok(job, `there is a job ${jobId}`)
  return job
}

interface ChangedJob {
  readonly job: ModelJob
  readonly record: JobRecord
}

/** The job, if it reads otherwise than before the call. */
async function changedJob(world: World, jobId: string): Promise<ChangedJob | undefined> {
  const job = jobOf(world, jobId)
  const record = await world.storage.getJob(jobId)
  if (!record || isDeepStrictEqual(plain(record), plain(recordOf(job)))) return undefined
  return { job, record }
}

/** A range is taken from its lowest seq on; of retries that are due at the same instant, any. */
function canTellClaim(world: World, { jobId, source, wave, now, limit }: ClaimParams): boolean {
  const candidates = candidatesOf(jobOf(world, jobId), { source, wave }, now)
  return source === 'range' || (candidates.length <= limit && candidates.every(({ bound }) => bound === Infinity))
}

/** An extension tells whether the lease is there, and how many are in flight how long it is. */
async function findClaim(world: World, params: ClaimParams): Promise<Answer<'claim'>> {
  const { jobId, token, now, leaseUntil, start } = params
  const job = jobOf(world, jobId)
  const { held } = await world.storage.extend({ jobId, token, now, leaseUntil })
  if (!held) return undefined
  const inFlight = (await world.storage.getJob(jobId))?.inFlight ?? 0
  const items = candidatesOf(job, params, now).slice(0, inFlight - inFlightOf(job))
  const asked = items[Math.min(start, items.length) - 1]?.seq ?? -1
  const startedThrough = items.length === 1 ? await startSingle(world, params, items) : asked
  const handedOut = items.map(({ seq, recipient, messageId, payload, attempts, trail }) => {
    return { seq, recipient, messageId, payload, attempts, trail }
  })
  return { token, jobId, items: handedOut, startedThrough, control: controlOf(job) }
}

/** A single item may count as started by itself, as the suspect of a crash: from here on it does. */
async function startSingle(world: World, params: ClaimParams, [item]: readonly ModelItem[]): Promise<number> {
  const { jobId, token, now, leaseUntil, start } = params
  if (!item || (start === 0 && item.bound === Infinity)) return -1
  await world.storage.extend({ jobId, token, now, leaseUntil, startedThrough: item.seq })
  return item.seq
}

/** A repeat tells those that were settled by the call from those that are settled by it only now: all or none. */
async function findSettle(world: World, params: Params<'settle'>): Promise<Answer<'settle'>> {
  const job = jobOf(world, params.jobId)
  const repeat = await world.storage.settle(params)
  const first = params.settlements.map((settlement, index) => {
    const item = job.items.find(({ seq }) => seq === settlement.seq)
    return { allowed: allowedAnswers(item, params.token, settlement), told: repeat.answers[index] ?? 'stale' }
  })
  const due = first.filter(({ allowed }) => allowed.length === 1 && allowed[0] === 'applied').map(({ told }) => told)
  assert.ok(new Set(due).size <= 1, `a settle without answer has settled all or nothing, not ${due.join()}`)
  const answers = first.map(({ allowed, told }): SettleAnswer => {
    return told === 'already' && !allowed.includes('already') ? 'applied' : told
  })
  return { ...repeat, answers, completed: repeat.control.status === 'completed' && job.status !== 'completed' }
}

/** When all expired leases are ended by one call, a repeat ends all or none. */
async function findReap(world: World, params: Params<'reap'>): Promise<Answer<'reap'>> {
  const repeat = await world.storage.reap(params)
  if (repeat.length > 0) return repeat
  const leases = expiredLeases(world, params.expiredAt)
  const completed = new Set<ModelLease | undefined>()
  for (const { id, status } of new Set(leases.map(({ job }) => job))) {
    const record = await world.storage.getJob(id)
    if (record?.status === 'completed' && status !== 'completed')
      completed.add(leases.findLast(({ job }) => job.id === id))
  }
  return leases.map((lease) => {
    const started = startedOf(lease).length
    const counts = { unstarted: coveredBy(lease).length - started, started }
    return { jobId: lease.job.id, token: lease.token, ...counts, completed: completed.has(lease) }
  })
}

async function findRevision(world: World, params: Params<'reviseItems'>): Promise<Answer<'reviseItems'> | undefined> {
  const { jobId, from, to } = params
  const job = jobOf(world, jobId)
  const items = job.deleted || job.status !== from ? [] : revisableItems(job, params)
  const [first] = items
  const read = first && (await allItems(world.storage, { jobId })).find(({ seq }) => seq === first.seq)
  if (!read || read.status !== to) return undefined
  const record = await world.storage.getJob(jobId)
  const completed = record?.status === 'completed' && job.status !== 'completed'
  return { applied: true, job: record, completed, changed: items.length }
}
