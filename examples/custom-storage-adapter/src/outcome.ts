import type { ItemState, SettledState, Settlement } from '@broadside/core'

/** What says how an item reads and, of a retry, when it is due. */
export interface PlacedState extends ItemState {
  readonly nextAttemptAt?: number | undefined
}

/** What a settle, a reap or a revision made of an item, a retry included. An item without one is fresh. */
export interface Outcome extends SettledState, PlacedState {
  readonly attempts: number
  readonly channel?: string | undefined
  readonly receipt?: string | undefined
  readonly reason?: string | undefined
  readonly trail?: string | undefined
  readonly settledAt?: number | undefined
}

/** What a settlement makes of an item: every field of it, and nothing of what was there. */
export function outcomeOf(
  { seq: _seq, to, nextAttemptAt, ...rest }: Settlement,
  { token, spent, now }: { readonly token: string; readonly spent: boolean; readonly now: number },
): Outcome {
  const instant = to === 'pending' ? { nextAttemptAt } : { settledAt: now }
  return { ...rest, ...instant, status: to, held: false, token, spent }
}
