import fc from 'fast-check'
import type { Harness } from '../harness.js'
import type { Command } from './command.js'
import { ADD } from './commands/add.js'
import { CLAIM } from './commands/claim.js'
import { CLOSE } from './commands/close.js'
import { CREATE } from './commands/create.js'
import { DELETE, SWEEP } from './commands/delete.js'
import { EXTEND } from './commands/extend.js'
import { GIVE_BACK } from './commands/give-back.js'
import { interrupting } from './commands/interrupt.js'
import { LAUNCH, launchJob } from './commands/launch.js'
import { REAP } from './commands/reap.js'
import { REVISE } from './commands/revise.js'
import { CHANGE_SENDING, CREATE_SENDING, DELETE_SENDING, LAUNCH_SENDING } from './commands/sending.js'
import { REPLAY, SETTLE } from './commands/settle.js'
import { REOPEN, TICK, TICK_TO_NEXT } from './commands/time.js'
import { PAUSE, RESUME, RUN } from './commands/transition.js'
import { compareWorld } from './compare.js'
import { closeWorld, openWorld, takeTurns, type World } from './world.js'

export interface ModelCheckParams {
  readonly harness: Harness
  /** How many random runs. Default 100. */
  readonly numRuns?: number | undefined
  /** How many commands a run has at most. Default 60. */
  readonly maxCommands?: number | undefined
  /** Repeats the runs of this seed; with `path`, only the failing one. */
  readonly seed?: number | undefined
  readonly path?: string | undefined
  /** False to stop at the first failing run, however long it is. Default true. */
  readonly shrink?: boolean | undefined
}

/**
 * Runs random commands against a storage and a plain model of the contract, and compares every answer and, after each command,
 * every counter, page and list. Where the contract leaves room, the model follows what the storage chose.
 *
 * Rejects at the first difference, with the shortest run that shows it, what happened in it, and the seed and path that replay it.
 */
export async function modelCheck(params: ModelCheckParams): Promise<void> {
  const { harness, numRuns = 100, maxCommands = 60, shrink = true, seed, path } = params
  const commandLists = commandsUpTo(maxCommands, harness.interrupt !== undefined)
  const run = fc.asyncProperty(fc.noBias(fc.nat({ max: 24 })), commandLists, async (items, commands) => {
    await runCommands(harness, items, commands)
  })
  await fc.assert(run, {
    numRuns,
    endOnFailure: !shrink,
    includeErrorInReport: true,
    ...(seed === undefined ? {} : { seed }),
    ...(path === undefined ? {} : { path }),
  })
}

/** Half of the runs are about jobs alone: sendings would take the room in which rare things happen to items. */
function commandsUpTo(maxLength: number, canInterrupt: boolean): fc.Arbitrary<Command[]> {
  const commandsOf = (writes: readonly fc.WeightedArbitrary<Command>[]) => {
    const interrupted = canInterrupt ? [{ weight: 8, arbitrary: interrupting(fc.oneof(...writes)) }] : []
    return fc.noBias(fc.array(fc.oneof(...writes, ...OTHERS, ...interrupted), { maxLength, size: 'max' }))
  }
  return fc.oneof(commandsOf(WRITES), commandsOf([...WRITES, ...SENDING_WRITES]))
}

/** Commands that change something by one call, which can be interrupted. */
const WRITES: readonly fc.WeightedArbitrary<Command>[] = [
  { weight: 1, arbitrary: CREATE },
  { weight: 5, arbitrary: LAUNCH },
  { weight: 2, arbitrary: ADD },
  { weight: 1, arbitrary: RUN },
  { weight: 1, arbitrary: PAUSE },
  { weight: 3, arbitrary: RESUME },
  { weight: 1, arbitrary: CLOSE },
  { weight: 10, arbitrary: CLAIM },
  { weight: 10, arbitrary: SETTLE },
  { weight: 2, arbitrary: REPLAY },
  { weight: 4, arbitrary: EXTEND },
  { weight: 5, arbitrary: GIVE_BACK },
  { weight: 5, arbitrary: REAP },
  { weight: 3, arbitrary: REVISE },
  { weight: 2, arbitrary: DELETE },
  { weight: 1, arbitrary: SWEEP },
]

const SENDING_WRITES: readonly fc.WeightedArbitrary<Command>[] = [
  { weight: 1, arbitrary: CREATE_SENDING },
  { weight: 5, arbitrary: LAUNCH_SENDING },
  { weight: 6, arbitrary: CHANGE_SENDING },
  { weight: 2, arbitrary: DELETE_SENDING },
]

const OTHERS: readonly fc.WeightedArbitrary<Command>[] = [
  { weight: 3, arbitrary: TICK },
  { weight: 3, arbitrary: TICK_TO_NEXT },
  { weight: 1, arbitrary: REOPEN },
]

/** Each run starts with a job that is going out, so that short runs get somewhere. */
async function runCommands(harness: Harness, items: number, commands: readonly Command[]): Promise<void> {
  const world = await openWorld(harness)
  try {
    await launchJob(world, { priority: 5, items, channels: ['email'], waves: 1, dues: [] })
    for (const [step, command] of commands.entries()) {
      await command.run(world)
      takeTurns(world)
      await compareWorld(world, step)
    }
  } catch (error) {
    throw withTrace(error, world)
  } finally {
    await closeWorld(world)
  }
}

function withTrace(error: unknown, world: World): Error {
  const message = error instanceof Error ? error.message : String(error)
  return new Error(`${message}\n\nWhat happened:\n${world.trace.map((line) => `  ${line}`).join('\n')}\n`, {
    cause: error,
  })
}
