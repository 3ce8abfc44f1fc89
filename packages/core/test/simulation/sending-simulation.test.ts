import { describe, it } from 'vitest'
import { SendingWorld } from './sending-world.js'

/** `SIMULATION_SEED=7` replays one; `SIMULATIONS=1000` tries more. */
const { SIMULATION_SEED, SIMULATIONS = '60' } = process.env
const seeds =
  SIMULATION_SEED === undefined
    ? Array.from({ length: Number(SIMULATIONS) }, (_, i) => i + 1)
    : [Number(SIMULATION_SEED)]

describe('users and engines that die and freeze, at random', () => {
  it.each(seeds)(
    'are answered as the tables say, and every sending comes to its end (seed %i)',
    { timeout: 120_000 },
    async (seed) => {
      await new SendingWorld(seed).live(80)
    },
  )
})
