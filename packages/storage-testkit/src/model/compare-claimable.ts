import assert from 'node:assert/strict'
import type { Claimable } from '@broadside/core'
import { claimPlaces, itemsAt } from './claim-place.js'
import { isClaimable } from './model-item.js'
import type { ModelJob } from './model-job.js'
import { isHeld } from './model-lease.js'
import type { World } from './world.js'

/** Compares what can be claimed now, and when that changes by itself. */
export async function compareClaimable(world: World, step: number): Promise<void> {
  const { now } = world
  const channels = step % 4 === 0 ? ['email'] : ['email', 'sms']
  const list = await world.storage.listClaimable({ now, channels, limit: 100 })
  const going = world.jobs.filter(({ deleted, status }) => !deleted && status === 'processing')
  const carried = going.filter((job) => job.channels.every((channel) => channels.includes(channel)))
  const expected = carried.flatMap((job) => claimablesOf(job, now)).sort(byTurn)
  assert.deepEqual(
    list.ready.map((one) => ({ ...one })),
    expected,
    'what is ready to be claimed',
  )
  compareNext(world, carried, list.nextAt)
}

function claimablesOf(job: ModelJob, now: number): readonly Claimable[] {
  const { priority } = job.job.definition
  return claimPlaces(job)
    .filter((place) => itemsAt(job, place).some((item) => isClaimable(item, now)))
    .map((place) => ({ jobId: job.id, ...place, priority, startedAt: job.startedAt ?? 0 }))
}

function byTurn(a: Claimable, b: Claimable): number {
  return b.priority - a.priority || a.startedAt - b.startedAt || (a.jobId < b.jobId ? -1 : a.jobId > b.jobId ? 1 : 0)
}

/** An adapter may also name an instant of a job that is paused or not carried, if it comes earlier: to wake in vain is no fault. */
function compareNext(world: World, carried: readonly ModelJob[], nextAt: number | undefined): void {
  const { now, jobs, leases } = world
  const ends = leases.filter((lease) => isHeld(lease)).map(({ leaseUntil }) => leaseUntil)
  const exact = earliest([...ends, ...carried.flatMap(waitingInstants)], now)
  const others = jobs.filter(({ deleted, status }) => !deleted && (status === 'processing' || status === 'paused'))
  const allowed = others.flatMap(waitingInstants).filter((instant) => instant > now && instant < (exact ?? Infinity))
  assert.ok(nextAt === exact || (nextAt !== undefined && allowed.includes(nextAt)), `nextAt is ${nextAt}, not ${exact}`)
}

function waitingInstants(job: ModelJob): readonly number[] {
  const waiting = job.items.filter(({ status, holder }) => status === 'pending' && holder === undefined)
  return waiting.map(({ dueAt }) => dueAt)
}

function earliest(instants: readonly number[], after: number): number | undefined {
  const later = instants.filter((instant) => instant > after && Number.isFinite(instant))
  return later.length === 0 ? undefined : Math.min(...later)
}
