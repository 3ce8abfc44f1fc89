import { jobDefinitionSchema, type NewItem, type NewJob, type Storage } from '@broadside/core'

/** The instant at which every test starts, in ms since the epoch. */
export const NOW = 1_700_000_000_000

export function newJob(id = 'job-1'): NewJob {
  return { id, createdAt: NOW, definition: jobDefinitionSchema.parse({ message: { content: { text: 'Hello' } } }) }
}

export function newItem(name: string): NewItem {
  return { identity: `user:${name}`, recipient: name, messageId: `message-${name}`, payload: `{"name":"${name}"}` }
}

export function newItems(count: number, from = 0): readonly NewItem[] {
  return Array.from({ length: count }, (_, index) => newItem(String(from + index)))
}

export function addItems(storage: Storage, jobId: string, items: readonly NewItem[]) {
  return storage.addItems({ jobId, items, duplicateCode: 'DUPLICATE_USER' })
}

/** Stores a job with `count` items, runs it and returns its id. */
export async function runningJob(storage: Storage, count: number, id = 'job-1'): Promise<string> {
  await storage.createJob({ job: newJob(id) })
  await addItems(storage, id, newItems(count))
  const set = { runNo: 1, startedAt: NOW, channels: ['email'] }
  await storage.transitionJob({ jobId: id, from: 'created', to: 'processing', now: NOW, set })
  return id
}

export function claim(storage: Storage, jobId: string, { token, limit = 1_000 }: { token: string; limit?: number }) {
  const params = { jobId, source: 'range', wave: 0, limit, start: 0, token, now: NOW } as const
  return storage.claim({ ...params, leaseUntil: NOW + 30_000 })
}

export function settleAsSent(
  storage: Storage,
  jobId: string,
  { token, seqs }: { token: string; seqs: readonly number[] },
) {
  const settlements = seqs.map((seq) => ({ seq, to: 'enqueued', attempts: 1 }) as const)
  return storage.settle({ jobId, token, now: NOW, settlements })
}

/** Every item that the filter lets through. */
export async function allItems(storage: Storage, params: Omit<Parameters<Storage['listItems']>[0], 'limit'>) {
  const items = []
  for (let after: number | undefined; ; ) {
    const page = await storage.listItems({ ...params, after, limit: 7 })
    items.push(...page.items)
    if (page.next === undefined) return items
    after = page.next
  }
}

export async function opened(storage: Storage): Promise<Storage> {
  await storage.open()
  return storage
}

/** The code and the message of the error that a call rejects with. */
export async function failureOf(call: Promise<unknown>): Promise<{ readonly code: unknown; readonly message: string }> {
  const error = await call.then(
    () => new Error('it did not reject'),
    (reason: unknown) => reason,
  )
  if (!(error instanceof Error)) throw new Error(`rejected with ${String(error)}`)
  return { code: 'code' in error ? error.code : undefined, message: error.message }
}
