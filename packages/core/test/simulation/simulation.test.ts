import { describe, it } from 'vitest'
import { World } from './world.js'

/** `SIMULATION_SEED=7 npm run unit -- simulation` replays one; `SIMULATIONS=1000` tries more. */
const { SIMULATION_SEED, SIMULATIONS = '60' } = process.env
const seeds =
  SIMULATION_SEED === undefined
    ? Array.from({ length: Number(SIMULATIONS) }, (_, i) => i + 1)
    : [Number(SIMULATION_SEED)]

describe('engines that die, freeze and lose their storage', () => {
  it.each(seeds)('lose nothing and explain every duplicate (seed %i)', { timeout: 120_000 }, async (seed) => {
    await new World(seed).live(60)
  })
})
