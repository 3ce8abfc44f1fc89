import { isBroadsideError } from '@broadside/core'
import { Refusal } from './refusal.js'

/** What the user reads, in one line; `undefined` for a fault of the program, whose stack is wanted. */
export function failureLine(error: unknown): string | undefined {
  // A CSV that went bad while it was read is told in its own words.
  if (isBroadsideError(error, 'INGEST_SOURCE_FAILED') && error.cause instanceof Refusal) return failureLine(error.cause)
  if (!(error instanceof Refusal || isBroadsideError(error))) return undefined
  return error.message.replace(/\p{Cc}+/gu, ' ')
}
