import type { Storage } from '@broadside/core'
import type { Harness } from '../harness.js'

/** A storage broken on purpose: what the kit must catch, so that an author sees it bite. */
export interface Mutant {
  /** What is wrong with it. */
  readonly name: string
  /** What finds it out. */
  readonly caughtBy: readonly ('cases' | 'model')[]
  breaks(storage: Storage): Storage
}

/** `harness` with `mutant` in front of each storage; it joins none. */
export function breakHarness(harness: Harness, mutant: Mutant): Harness {
  const intact = new WeakMap<Storage, Storage>()
  const broken = (storage: Storage) => {
    const wrapped = mutant.breaks(storage)
    intact.set(wrapped, storage)
    return wrapped
  }
  const { reopen } = harness
  return {
    open: async () => broken(await harness.open()),
    ...(reopen ? { reopen: async (storage) => broken(await reopen(intact.get(storage) ?? storage)) } : {}),
  }
}
