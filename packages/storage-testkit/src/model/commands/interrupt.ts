import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Interruption } from '../../interruption/interruption.js'
import { type Command, commandOf } from '../command.js'
import { InterruptedStorage } from '../interrupted-storage.js'
import type { World } from '../world.js'

const INTERRUPTION: fc.Arbitrary<Interruption> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ of: fc.constant('statement' as const), nth: fc.integer({ min: 1, max: 15 }) }) },
  { weight: 2, arbitrary: fc.record({ of: fc.constant('commit-answer' as const), nth: fc.constant(1) }) },
)

/** One of the commands, of which the first call that changes something is interrupted. */
export function interrupting(command: fc.Arbitrary<Command>): fc.Arbitrary<Command> {
  return commandOf('interrupted', fc.record({ interruption: INTERRUPTION, command }), interrupt)
}

interface InterruptParams {
  readonly interruption: Interruption
  readonly command: Command
}

async function interrupt(world: World, { interruption, command }: InterruptParams): Promise<void> {
  const { storage: intact } = world
  const interrupted = new InterruptedStorage(world, interruption)
  world.storage = interrupted.storage
  try {
    await command.run(world)
    assert.equal(interrupted.hasFailed, false, 'the command notices that its call has failed')
  } catch (error) {
    if (!interrupted.hasFailed) throw error
  } finally {
    world.storage = intact
  }
}
