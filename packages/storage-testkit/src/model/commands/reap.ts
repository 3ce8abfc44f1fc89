import assert from 'node:assert/strict'
import type { ClaimedItem, JobRecord, ReapedLease, Settlement } from '@broadside/core'
import fc from 'fast-check'
import { plain } from '../../fixtures/plain.js'
import { commandOf, mostly } from '../command.js'
import type { ModelItem } from '../model-item.js'
import { completeIfDone } from '../model-job.js'
import { coveredBy, isHeld, type ModelLease, startedOf } from '../model-lease.js'
import { applySettlement, closeItem, OUTCOME, type Outcome, settlementOf } from '../outcomes.js'
import { leaseOf, pick, type World } from '../world.js'

interface ReapCommand {
  readonly limit: number
  /** All leases, as after a restart of the only engine. */
  readonly all: boolean
  readonly outcomes: readonly Outcome[]
}

export const REAP = commandOf(
  'reap',
  fc.record({
    limit: fc.oneof(fc.constant(100), fc.integer({ min: 1, max: 2 })),
    all: mostly(2).map((expired) => !expired),
    outcomes: fc.array(OUTCOME, { minLength: 1, maxLength: 3 }),
  }),
  reapLeases,
)

async function reapLeases(world: World, { limit, all, outcomes }: ReapCommand): Promise<void> {
  const { now } = world
  const expiredAt = all ? Number.POSITIVE_INFINITY : now
  const expired = expiredLeases(world, expiredAt)
  const asked = new Map<string, Settlement>()
  const decide = (item: ClaimedItem, job: JobRecord) => {
    assertAsked(world, item, job)
    const settlement = settlementOf(item, pick(outcomes, item.seq) ?? fail(), now)
    assert.ok(!asked.has(`${job.id} ${item.seq}`), 'decide is asked once about an item')
    asked.set(`${job.id} ${item.seq}`, settlement)
    return settlement
  }
  const reaped = await world.storage.reap({ now, expiredAt, limit, decide })
  world.trace.push(`reap ${reaped.map(({ token }) => token).join() || 'nothing'}; asked: ${[...asked.keys()].join()}`)
  assertOrder(world, { reaped, expired, limit })
  const completed = reaped.map((one) => applyReap(world, { one, asked }))
  assert.equal(asked.size, 0, 'decide is asked only about items that had started under a reaped lease')
  assertCompleted(reaped, completed)
}

/** The leases that a reap may end, in the order of their ends. */
export function expiredLeases({ leases }: World, expiredAt: number): readonly ModelLease[] {
  const expired = leases.filter((lease) => isHeld(lease) && lease.leaseUntil <= expiredAt)
  return expired.sort((a, b) => a.leaseUntil - b.leaseUntil)
}

function fail(): never {
  assert.fail('there is an outcome')
}

function assertAsked(world: World, claimed: ClaimedItem, record: JobRecord): void {
  const job = world.jobs.find(({ id }) => id === record.id)
  const item = job?.items.find(({ seq }) => seq === claimed.seq)
  assert.ok(job && item, 'decide is given an item and its job')
  const { seq, recipient, messageId, payload, attempts, trail } = item
  assert.deepEqual(plain(claimed), plain({ seq, recipient, messageId, payload, attempts, trail }), 'the item of decide')
  assert.deepEqual([record.status, record.closedAs], [job.status, job.closedAs], 'the job of decide')
}

interface Reaping {
  readonly reaped: readonly ReapedLease[]
  readonly expired: readonly ModelLease[]
  readonly limit: number
}

function assertOrder(world: World, { reaped, expired, limit }: Reaping): void {
  const ends = reaped.map(({ token }) => leaseOf(world, token)?.leaseUntil)
  const expected = expired.map(({ leaseUntil }) => leaseUntil)
  assert.deepEqual(ends, expected.slice(0, limit), 'expired leases are reaped in the order of their ends')
  const tokens = new Set(reaped.map(({ token }) => token))
  assert.equal(tokens.size, reaped.length, 'a lease is reaped once')
  assert.equal(expired.filter(({ token }) => tokens.has(token)).length, tokens.size, 'only expired leases are reaped')
}

/** Ends a lease in the model; true when that completed its job. */
function applyReap(world: World, { one, asked }: { one: ReapedLease; asked: Map<string, Settlement> }): boolean {
  const lease = leaseOf(world, one.token)
  assert.ok(lease)
  const { job } = lease
  const open = coveredBy(lease)
  const started = startedOf(lease)
  const expected = {
    jobId: job.id,
    token: lease.token,
    unstarted: open.length - started.length,
    started: started.length,
  }
  const { completed: _, ...answer } = one
  assert.deepEqual(plain(answer), expected, 'the answer of reap')
  for (const item of open) {
    const settlement = asked.get(`${job.id} ${item.seq}`)
    assert.equal(
      settlement !== undefined,
      started.includes(item),
      `decide is asked about what had started: ${item.seq}`,
    )
    asked.delete(`${job.id} ${item.seq}`)
    if (settlement) applySettlement(job, item, settlement, world.now)
    else freeItem(lease, item)
  }
  return completeIfDone(job, world.now)
}

function freeItem(lease: ModelLease, item: ModelItem): void {
  item.holder = undefined
  item.bound = Math.max(1, Math.floor(lease.items.length / 2))
  closeItem(lease.job, item)
}

/** Several leases of a job may have ended in one call: any one of them may be the one that says so. */
function assertCompleted(reaped: readonly ReapedLease[], completed: readonly boolean[]): void {
  const jobsOf = (flags: readonly boolean[]) => reaped.filter((_, index) => flags[index]).map(({ jobId }) => jobId)
  const said = jobsOf(reaped.map((one) => one.completed))
  assert.deepEqual(said.sort(), jobsOf(completed).sort(), 'completion is said once for each job that completed')
}
