import type { ItemStatus } from '@broadside/core'
import type { JobRow } from './job-row.js'
import { KEYS } from './keys.js'
import type { Outcome, PlacedState } from './outcome.js'
import type { Tx } from './tx.js'

/** What revisions look for. */
export const FAILED: readonly ItemStatus[] = ['error', 'skipped', 'uncertain']

export interface OutcomeChange {
  readonly seq: number
  readonly from: PlacedState
  readonly to: Outcome
}

/** The one way in which an outcome is written, so that what leads to it is never left behind: an item is due once. */
export function writeOutcome(tx: Tx, { key }: Pick<JobRow, 'key'>, { seq, from, to }: OutcomeChange): void {
  for (const place of placesOf(key, { seq, state: from })) tx.del(place)
  for (const place of placesOf(key, { seq, state: to })) tx.put(place, to.nextAttemptAt ?? 1)
  tx.put(KEYS.outcome(key, seq), to)
}

/** Where an item is found, besides under its own `seq`. */
function placesOf(
  key: number,
  { seq, state }: { readonly seq: number; readonly state: PlacedState },
): readonly string[] {
  const { status, held, nextAttemptAt } = state
  if (FAILED.includes(status)) return [KEYS.failedItem(key, status, seq)]
  const waits = status === 'pending' && !held && nextAttemptAt !== undefined
  return waits ? [KEYS.waitingItem(key, nextAttemptAt, seq)] : []
}
