import fc from 'fast-check'
import type { World } from './world.js'

/** One step: makes a call, checks its answer against the model, and changes the model as the answer says. */
export interface Command {
  readonly name: string
  run(world: World): Promise<void>
}

/**
 * Commands of one kind from their parameters. They are plain data that is applied to whatever the world holds by then, so a
 * seed and a path alone replay a run.
 */
export function commandOf<Params>(
  name: string,
  params: fc.Arbitrary<Params>,
  run: (world: World, params: Params) => Promise<void>,
): fc.Arbitrary<Command> {
  return params.map((given) => ({
    name,
    run: (world: World) => run(world, given),
    [fc.toStringMethod]: () => `${name}(${fc.stringify(given)})`,
  }))
}

/** True in `of` minus one of `of` cases. */
export function mostly(of: number): fc.Arbitrary<boolean> {
  return fc.integer({ min: 1, max: of }).map((number) => number !== of)
}

/** Which token: a number for one of them, and mostly one that holds something. */
export const TOKEN = fc.record({ number: fc.oneof(fc.nat({ max: 2 }), fc.nat({ max: 20 })), held: mostly(3) })
