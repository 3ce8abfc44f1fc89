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

export const randomIds: Ids = {
  jobId: () => `job_${randomUUID()}`,
  sendingId: () => `sending_${randomUUID()}`,
  messageId: randomUUID,
  recipientId: randomUUID,
  token: randomUUID,
}
