import { BroadsideError } from '../model/error.js'
import type { Once, StoredAnswer } from '../storage/once.js'

/** @throws BroadsideError `IDEMPOTENCY_KEY_REUSED` when what is stored under the key answers another request. */
export function requireSameRequest(stored: Pick<StoredAnswer, 'requestHash'>, { key, requestHash }: Once): void {
  if (stored.requestHash === requestHash) return
  throw new BroadsideError(
    'IDEMPOTENCY_KEY_REUSED',
    `The idempotency key "${key}" was used before, for another request: give each request a key of its own.`,
  )
}
