import assert from 'node:assert/strict'
import { type Claim, type ClaimParams, type ClaimSource, isBroadsideError } from '@broadside/core'
import fc from 'fast-check'
import { plain } from '../../fixtures/plain.js'
import { assertChoice } from '../claim-choice.js'
import { type ClaimPlace, claimPlaces, itemsAt } from '../claim-place.js'
import { commandOf, mostly } from '../command.js'
import { isClaimable, type ModelItem } from '../model-item.js'
import { controlOf, type ModelJob } from '../model-job.js'
import { mint, pick, pickJob, type World } from '../world.js'

interface ClaimCommand {
  readonly job: number
  readonly source: ClaimSource
  readonly wave: number
  /** Which of several that have something to claim. */
  readonly seek: number
  /** Turns to a job, source and wave that has something to claim, where this one has not. */
  readonly seeking: boolean
  readonly limit: number
  readonly start: number
  readonly leaseMs: number
}

export const CLAIM = commandOf(
  'claim',
  fc.record({
    job: fc.nat(),
    source: fc.constantFrom<ClaimSource[]>('range', 'retries'),
    wave: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 3 }) }),
    seek: fc.nat(),
    seeking: mostly(6),
    limit: fc.oneof(
      { weight: 1, arbitrary: fc.constant(50) },
      { weight: 4, arbitrary: fc.integer({ min: 1, max: 6 }) },
    ),
    start: fc.nat({ max: 4 }),
    leaseMs: fc.integer({ min: 1, max: 100 }),
  }),
  claimItems,
)

async function claimItems(world: World, command: ClaimCommand): Promise<void> {
  const { limit, start, leaseMs } = command
  const { job, source, wave } = target(world, command)
  if (!job) return
  const token = mint(world, 'token')
  const { now } = world
  const params = { jobId: job.id, source, wave, limit, start, token, now, leaseUntil: now + leaseMs }
  const claimed = await orMissing(job, world.storage.claim(params))
  const items = claimed?.items.map(({ seq }) => seq) ?? []
  world.trace.push(
    `claim ${source} ${wave} of ${job.id} as ${token}, limit ${limit}, start ${start}: ${items.join() || 'none'}`,
  )
  const candidates = candidatesOf(job, { source, wave }, now)
  if (candidates.length === 0) {
    assert.equal(claimed, undefined, 'there is nothing to claim')
    world.emptyHanded.push({ token, job })
    return
  }
  assert.ok(claimed, `there is something to claim: ${candidates.map(({ seq }) => seq).join()}`)
  take(world, { job, claimed, params })
}

function target(world: World, { job: number, source, wave, seek, seeking }: ClaimCommand) {
  const job = pickJob(world, number)
  const asked = { job, source, wave: source === 'range' ? wave : 0 }
  if (!seeking || (job && candidatesOf(job, asked, world.now).length > 0)) return asked
  const places = world.jobs.flatMap((other) => claimPlaces(other).map((place) => ({ job: other, ...place })))
  const found = places.filter((one) => candidatesOf(one.job, one, world.now).length > 0)
  return pick(found, seek) ?? asked
}

function orMissing(job: ModelJob, call: Promise<Claim | undefined>): Promise<Claim | undefined> {
  if (!job.deleted) return call
  return call.catch((error: unknown) => {
    assert.ok(isBroadsideError(error, 'JOB_NOT_FOUND'), String(error))
    return undefined
  })
}

/** What a claim can choose from, by seq. */
export function candidatesOf(job: ModelJob, place: ClaimPlace, now: number): readonly ModelItem[] {
  if (job.deleted || job.status !== 'processing') return []
  return itemsAt(job, place).filter((item) => isClaimable(item, now))
}

interface Taking {
  readonly job: ModelJob
  readonly claimed: Claim
  readonly params: ClaimParams
}

function take(world: World, { job, claimed, params }: Taking): void {
  const items = claimed.items.flatMap(({ seq }) => job.items.filter((item) => item.seq === seq))
  assertChoice({ job, claimed, params, items, candidates: candidatesOf(job, params, params.now) })
  const { token, leaseUntil } = params
  const lease = { token, job, source: params.source, items, leaseUntil, startedThrough: claimed.startedThrough }
  for (const item of items) Object.assign(item, { holder: lease, lastToken: token, revised: false })
  world.leases.push(lease)
  assert.deepEqual([claimed.token, claimed.jobId], [token, job.id])
  assert.deepEqual(plain(claimed.control), plain(controlOf(job)), 'the control state in the answer of claim')
  for (const [index, item] of items.entries()) assertHandedOut(item, claimed.items[index])
}

function assertHandedOut({ seq, recipient, messageId, payload, attempts, trail }: ModelItem, handed: unknown): void {
  assert.deepEqual(plain(handed), plain({ seq, recipient, messageId, payload, attempts, trail }), 'the item as claimed')
}
