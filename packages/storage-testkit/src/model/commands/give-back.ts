import assert from 'node:assert/strict'
import fc from 'fast-check'
import { assertRejects } from '../../fixtures/assert-rejects.js'
import { plain } from '../../fixtures/plain.js'
import { commandOf, TOKEN } from '../command.js'
import type { ModelItem } from '../model-item.js'
import { controlOf } from '../model-job.js'
import { coveredBy, isHeld, type ModelLease } from '../model-lease.js'
import { closeItem } from '../outcomes.js'
import { leaseOf, pickToken, type TokenChoice, type World } from '../world.js'

interface GiveBackCommand {
  readonly token: TokenChoice
  readonly delay: number | undefined
}

export const GIVE_BACK = commandOf(
  'giveBack',
  fc.record({ token: TOKEN, delay: fc.option(fc.nat({ max: 40 }), { nil: undefined }) }),
  giveBackLease,
)

async function giveBackLease(world: World, { token: choice, delay }: GiveBackCommand): Promise<void> {
  const holder = pickToken(world, choice)
  if (!holder) return
  const { token, job } = holder
  const lease = leaseOf(world, token)
  const notBefore = delay === undefined ? undefined : world.now + delay
  const call = world.storage.giveBack({ jobId: job.id, token, now: world.now, notBefore })
  world.trace.push(`give back ${token}, not before ${notBefore}`)
  if (job.deleted) return assertRejects(call, 'JOB_NOT_FOUND')
  const result = await call
  const held = isHeld(lease)
  if (lease) for (const item of coveredBy(lease)) giveBackItem(lease, item, notBefore)
  assert.deepEqual(plain(result), plain({ held, control: controlOf(job) }), 'the answer of giveBack')
}

function giveBackItem({ job }: ModelLease, item: ModelItem, notBefore: number | undefined): void {
  item.holder = undefined
  item.dueAt = Math.max(item.dueAt, notBefore ?? item.dueAt)
  closeItem(job, item)
}
