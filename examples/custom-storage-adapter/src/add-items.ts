import type { AddItemsParams, AddItemsResult, NewItem } from '@broadside/core'
import { callOnce } from './call-once.js'
import { needJob } from './find-job.js'
import type { JobRow } from './job-row.js'
import { KEYS } from './keys.js'
import type { Tx } from './tx.js'

export async function addItems(tx: Tx, params: AddItemsParams): Promise<AddItemsResult> {
  const isDone = ({ refused }: AddItemsResult) => refused === undefined
  const { answer, replayed } = await callOnce(tx, { once: params.once, call: () => ingest(tx, params), isDone })
  return replayed ? { ...answer, replayed } : answer
}

async function ingest(tx: Tx, params: AddItemsParams): Promise<AddItemsResult> {
  const { jobId, items, rejected = {}, duplicateCode } = params
  const job = await needJob(tx, jobId)
  if (job.status !== 'created') return { added: 0, duplicates: [], refused: job.status }
  await tx.prepare(items.map(({ identity }) => KEYS.identity(job.key, identity)))
  const duplicates: number[] = []
  for (const [index, item] of items.entries()) {
    if (!(await addItem(tx, job, item))) duplicates.push(index)
  }
  countErrors(job, [...Object.entries(rejected), [duplicateCode, duplicates.length]])
  tx.put(KEYS.row(job.key), job)
  return { added: items.length - duplicates.length, duplicates }
}

/** False where the job has its identity already. */
async function addItem(tx: Tx, job: JobRow, { identity, recipient, messageId, payload }: NewItem): Promise<boolean> {
  const identityKey = KEYS.identity(job.key, identity)
  if ((await tx.get(identityKey)) !== undefined) return false
  const seq = job.counters.received
  tx.put(identityKey, seq)
  tx.put(KEYS.item(job.key, seq), { recipient, messageId, payload })
  job.counters.received += 1
  job.counters.pending += 1
  return true
}

/** Counts in a `Map`: a code may be `__proto__`. */
function countErrors(job: JobRow, errors: readonly (readonly [code: string, count: number])[]): void {
  const counts = new Map(Object.entries(job.ingestErrors))
  for (const [code, count] of errors) {
    if (count > 0) counts.set(code, (counts.get(code) ?? 0) + count)
  }
  job.ingestErrors = Object.fromEntries(counts)
}
