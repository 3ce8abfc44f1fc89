import type { Storage } from '@broadside/core'
import type { ConformanceCase } from '../conformance-case.js'
import type { Harness } from '../harness.js'
import { mapHarness } from '../map-harness.js'
import { wrap } from '../wrap.js'

/** A storage broken on purpose: what the kit must catch, so that an author sees it bite. */
export interface Mutant {
  /** What is wrong with it. */
  readonly name: string
  /** The case that words what it breaks. On a storage to which that case applies, it is the first to find the mutant out. */
  readonly guarantee: string
  /** What finds it out. */
  readonly caughtBy: readonly ('cases' | 'model')[]
  /** Why it can't be told from the storage that it is put in front of; `undefined` when it can. */
  readonly needs?: ConformanceCase['needs']
  breaks(storage: Storage): Storage
}

/** `harness` with `mutant` in front of each storage; it joins none, and its processes would not have the mutant. */
export function breakHarness(harness: Harness, mutant: Mutant): Harness {
  return mapHarness(wrap(harness, { join: undefined, fork: undefined }), (storage) => mutant.breaks(storage))
}
