import { CLAIMING_MUTANTS } from './claiming.js'
import { CLOSING_MUTANTS } from './closing.js'
import { COUNTING_MUTANTS } from './counting.js'
import { GUARDING_MUTANTS } from './guarding.js'
import { INGESTING_MUTANTS } from './ingesting.js'
import { KEEPING_MUTANTS } from './keeping.js'
import { LISTING_SENDINGS_MUTANTS } from './listing-sendings.js'
import type { Mutant } from './mutant.js'
import { RACING_MUTANTS } from './racing.js'
import { READING_MUTANTS } from './reading.js'
import { REAPING_MUTANTS } from './reaping.js'
import { SENDING_MUTANTS } from './sending.js'
import { SETTLING_MUTANTS } from './settling.js'

import { SPLITTING_MUTANTS } from './splitting.js'
import { WAVING_MUTANTS } from './waving.js'
import { WORKING_MUTANTS } from './working.js'

/** Broken storages, each wrong in one way, all of which the kit catches. Put one in front of a storage with `breakHarness`. */
export const MUTANTS: readonly Mutant[] = [
  ...INGESTING_MUTANTS,
  ...CLAIMING_MUTANTS,
  ...SETTLING_MUTANTS,
  ...REAPING_MUTANTS,
  ...CLOSING_MUTANTS,
  ...COUNTING_MUTANTS,
  ...READING_MUTANTS,
  ...GUARDING_MUTANTS,
  ...KEEPING_MUTANTS,
  ...RACING_MUTANTS,
  ...SPLITTING_MUTANTS,
  ...WAVING_MUTANTS,
  ...SENDING_MUTANTS,
  ...LISTING_SENDINGS_MUTANTS,
  ...WORKING_MUTANTS,
]
