import fc from 'fast-check'
import { commandOf } from '../command.js'
import { isHeld } from '../model-lease.js'
import type { World } from '../world.js'

/** Time goes by. */
export const TICK = commandOf('tick', fc.record({ ms: fc.nat({ max: 25 }) }), async (world, { ms }) => {
  world.now += ms
  world.trace.push(`${ms} ms later`)
})

/** Time goes by up to the very instant at which something changes by itself, or just short of it. */
export const TICK_TO_NEXT = commandOf(
  'tickToNext',
  fc.record({ short: fc.nat({ max: 1 }) }),
  async (world, { short }) => {
    const next = Math.min(...instantsAfter(world, world.now))
    if (!Number.isFinite(next)) return
    world.now = Math.max(world.now, next - short)
    world.trace.push(`${short} ms short of the next instant: ${world.now}`)
  },
)

function instantsAfter(world: World, now: number): readonly number[] {
  const ends = world.leases.filter((lease) => isHeld(lease)).map(({ leaseUntil }) => leaseUntil)
  const due = world.jobs.flatMap(({ items }) => items.map(({ dueAt }) => dueAt))
  const alarms = world.sendings.flatMap(({ record }) => record?.wakeAt ?? [])
  return [...ends, ...due, ...alarms].filter((instant) => instant > now)
}

/** The process ends and starts again. */
export const REOPEN = commandOf('reopen', fc.constant({}), async (world) => {
  if (!world.harness.reopen || world.other) return
  world.storage = await world.harness.reopen(world.storage)
  world.trace.push('reopen')
})
