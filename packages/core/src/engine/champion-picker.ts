import type { ChampionExperiment } from '../domain/variant-assignment.js'
import type { SendingInfo } from '../model/sending.js'
import type { MaybePromise } from '../storage/storage.js'
import type { VariantResult } from './sending-results.js'

/** What a champion is picked from. */
export interface ChampionQuestion {
  readonly experiment: ChampionExperiment
  /** How the test group's items of each variant stand, in the order of the variants. */
  readonly results: readonly VariantResult[]
  readonly sending: SendingInfo
  /** Aborted when the answer is not waited for any longer: after a minute, or when the sending is paused, cancelled or somebody else's. */
  readonly signal: AbortSignal
}

/**
 * Picks the variant that goes to all others, by its name, when the time of the experiment's `champion.after` has come: by opens and clicks that the host
 * knows of, for instance. `undefined`, a throw, no answer in a minute, or a name that no variant has: not yet. It is asked again half a minute later, then after twice as long each
 * time, up to ten minutes, for as long as it takes; every time is told by `sending:trouble`, and meanwhile `pickChampion` picks by hand.
 */
export type ChampionPicker = (question: ChampionQuestion) => MaybePromise<string | undefined>
