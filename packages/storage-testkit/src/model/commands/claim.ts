import assert from 'node:assert/strict'
import { type Claim, type ClaimParams, type ClaimSource, isBroadsideError } from '@broadside/core'
import fc from 'fast-check'
import { plain } from '../../fixtures/plain.js'
import { assertChoice } from '../claim-choice.js'
import { commandOf, mostly } from '../command.js'
import { isClaimable, type ModelItem } from '../model-item.js'
import { controlOf, type ModelJob } from '../model-job.js'
import { mint, pickJob, type World } from '../world.js'

interface ClaimCommand {
  readonly job: number
  readonly source: ClaimSource
  /** Turns to a job and source that has something to claim, where this one has not. */
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

const SOURCES: readonly ClaimSource[] = ['retries', 'range']

async function claimItems(world: World, command: ClaimCommand): Promise<void> {
  const { limit, start, leaseMs } = command
  const { job, source } = target(world, command)
  if (!job) return
  const token = mint(world, 'token')
  const { now } = world
  const params = { jobId: job.id, source, wave: 0, limit, start, token, now, leaseUntil: now + leaseMs }
  const claimed = await orMissing(job, world.storage.claim(params))
  const items = claimed?.items.map(({ seq }) => seq) ?? []
  world.trace.push(
    `claim ${source} of ${job.id} as ${token}, limit ${limit}, start ${start}: ${items.join() || 'none'}`,
  )
  const candidates = candidatesOf(job, source, now)
  if (candidates.length === 0) {
    assert.equal(claimed, undefined, 'there is nothing to claim')
    world.emptyHanded.push({ token, job })
    return
  }
  assert.ok(claimed, `there is something to claim: ${candidates.map(({ seq }) => seq).join()}`)
  take(world, { job, claimed, params })
}

function target(world: World, { job: number, source, seeking }: ClaimCommand) {
  const job = pickJob(world, number)
  const wanted = [
    { job, source },
    ...world.jobs.flatMap((other) => SOURCES.map((each) => ({ job: other, source: each }))),
  ]
  const found = wanted.find((one) => one.job && candidatesOf(one.job, one.source, world.now).length > 0)
  return seeking && found ? found : { job, source }
}

function orMissing(job: ModelJob, call: Promise<Claim | undefined>): Promise<Claim | undefined> {
  if (!job.deleted) return call
  return call.catch((error: unknown) => {
    assert.ok(isBroadsideError(error, 'JOB_NOT_FOUND'), String(error))
    return undefined
  })
}

/** What a claim can choose from, by seq. */
export function candidatesOf(job: ModelJob, source: ClaimSource, now: number): readonly ModelItem[] {
  if (job.deleted || job.status !== 'processing') return []
  return job.items.filter((item) => item.source === source && isClaimable(item, now))
}

interface Taking {
  readonly job: ModelJob
  readonly claimed: Claim
  readonly params: ClaimParams
}

function take(world: World, { job, claimed, params }: Taking): void {
  const items = claimed.items.flatMap(({ seq }) => job.items.filter((item) => item.seq === seq))
  assertChoice({ job, claimed, params, items, candidates: candidatesOf(job, params.source, params.now) })
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
