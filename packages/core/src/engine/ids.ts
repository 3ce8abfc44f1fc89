import { randomUUID } from 'node:crypto'

/** Where ids come from. Each has to be unique wherever the storage is shared. */
export interface Ids {
  jobId(): string
  sendingId(): string
  /** The provider's idempotency key for an item. */
  messageId(): string
  /** For a recipient that was ingested without an id. */
  recipientId(): string
  /** For a lease or a mark. */
  token(): string
}

/**
 * The platform's comes as a rope of some twenty pieces, which the collector would trace and copy one by one for as long as the id is kept. Reading a
 * character makes it one piece.
 */
function flatUUID(): string {
  const uuid = randomUUID()
  uuid.charCodeAt(0)
  return uuid
}

export const randomIds: Ids = {
  jobId: () => `job_${randomUUID()}`,
  sendingId: () => `sending_${randomUUID()}`,
  messageId: flatUUID,
  recipientId: flatUUID,
  token: randomUUID,
}
