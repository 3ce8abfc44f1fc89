/** How long before it is due a prescheduled sending starts to be prepared. */
export const PRESCHEDULE_LEAD_MS = 300_000

export interface PrepareAtParams {
  readonly dueAt: number
  readonly now: number
  readonly prescheduled: boolean
}

/** When preparing starts: when it is due or, if prescheduled, so long before that its items stand ready; never before now. */
export function prepareAt({ dueAt, now, prescheduled }: PrepareAtParams): number {
  return Math.max(now, prescheduled ? dueAt - PRESCHEDULE_LEAD_MS : dueAt)
}
