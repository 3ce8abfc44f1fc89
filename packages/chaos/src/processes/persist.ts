import { setTimeout as sleep } from 'node:timers/promises'
import { type ErrorCode, isBroadsideError } from '@broadside/core'

/** What passes by itself: the database is down, or somebody who died a moment ago still holds a mark. */
const PASSING: readonly ErrorCode[] = ['STORAGE_FAILED', 'IDEMPOTENCY_IN_PROGRESS']
const PAUSE_MS = 200

/** Repeats a call for as long as it fails for a passing reason. */
export async function persist<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      if (!PASSING.some((code) => isBroadsideError(error, code))) throw error
    }
    await sleep(PAUSE_MS)
  }
}
