import type { DriverFailure } from './driver-failure.js'

/** What Postgres calls a text that is no number. */
const NO_NUMBER = '22P02'

/**
 * SQL that is zero where `condition` holds. Elsewhere it fails, by which all is undone that its transaction has written. The server's log shows the
 * text, so it says what it is.
 */
export function undoUnless(condition: string): string {
  return `(case when ${condition} then '0' else 'broadside: not what is usual, and done again step by step' end)::integer`
}

/** Whether a transaction has been undone like that. */
export function hasUndone({ code }: DriverFailure): boolean {
  return code === NO_NUMBER
}
