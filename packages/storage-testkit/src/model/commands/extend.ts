import assert from 'node:assert/strict'
import fc from 'fast-check'
import { assertRejects } from '../../fixtures/assert-rejects.js'
import { plain } from '../../fixtures/plain.js'
import { commandOf, TOKEN } from '../command.js'
import { controlOf } from '../model-job.js'
import { isHeld } from '../model-lease.js'
import { leaseOf, pick, pickToken, type TokenChoice, type World } from '../world.js'

interface ExtendCommand {
  readonly token: TokenChoice
  readonly byMs: number
  readonly start: number | undefined
}

export const EXTEND = commandOf(
  'extend',
  fc.record({
    token: TOKEN,
    byMs: fc.integer({ min: 1, max: 50 }),
    start: fc.option(fc.nat({ max: 20 }), { nil: undefined }),
  }),
  extendLease,
)

async function extendLease(world: World, { token: choice, byMs, start }: ExtendCommand): Promise<void> {
  const holder = pickToken(world, choice)
  if (!holder) return
  const { token, job } = holder
  const lease = leaseOf(world, token)
  const leaseUntil = Math.max(lease?.leaseUntil ?? 0, world.now) + byMs
  const startedThrough = start === undefined ? undefined : pick(lease?.items ?? [], start)?.seq
  const call = world.storage.extend({ jobId: job.id, token, now: world.now, leaseUntil, startedThrough })
  world.trace.push(`extend ${token} to ${leaseUntil}, started through ${startedThrough}`)
  if (job.deleted) return assertRejects(call, 'JOB_NOT_FOUND')
  const expected = { held: isHeld(lease), control: controlOf(job) }
  assert.deepEqual(plain(await call), plain(expected), 'the answer of extend')
  if (!isHeld(lease)) return
  lease.leaseUntil = leaseUntil
  lease.startedThrough = Math.max(lease.startedThrough, startedThrough ?? -1)
}
