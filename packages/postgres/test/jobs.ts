import {
  type Claim,
  type ClaimParams,
  jobDefinitionSchema,
  type NewItem,
  type NewJob,
  type Storage,
} from '@broadside/core'

/** The instant at which the tests of this package start, in ms since the epoch. */
export const START = 1_700_000_000_000

export function newJob(id = 'job-1'): NewJob {
  const definition = jobDefinitionSchema.parse({ message: { content: { text: 'Hello' } } })
  return { id, createdAt: START, definition }
}

export function newItems(count: number, from = 0): readonly NewItem[] {
  return Array.from({ length: count }, (_, index) => {
    const name = String(from + index)
    return {
      identity: `user:${name}`,
      recipient: name,
      messageId: `message-${name}`,
      payload: `{"recipient":"${name}"}`,
    }
  })
}

/** A job that is going out. */
export async function runningJob(storage: Storage, items: number, id = 'job-1'): Promise<string> {
  await storage.createJob({ job: newJob(id) })
  for (let from = 0; from < items; from += 1_000) {
    const batch = newItems(Math.min(1_000, items - from), from)
    await storage.addItems({ jobId: id, items: batch, duplicateCode: 'DUPLICATE' })
  }
  const set = { runNo: 1, startedAt: START, channels: ['email'] }
  await storage.transitionJob({ jobId: id, from: 'created', to: 'processing', now: START, set })
  return id
}

export function claimRange(
  storage: Storage,
  params: Pick<ClaimParams, 'jobId' | 'token'> & Partial<ClaimParams>,
): Promise<Claim | undefined> {
  const terms = { source: 'range', wave: 0, limit: 1_000, start: 0, now: START, leaseUntil: START + 30_000 } as const
  return storage.claim({ ...terms, ...params })
}
