import assert from 'node:assert/strict'
import type { NewItem } from '@broadside/core'
import fc from 'fast-check'
import { assertRejects } from '../../fixtures/assert-rejects.js'
import { newItem } from '../../fixtures/new-items.js'
import { allItems } from '../../fixtures/pages.js'
import { plain } from '../../fixtures/plain.js'
import { commandOf } from '../command.js'
import { newModelItem } from '../model-item.js'
import type { ModelJob } from '../model-job.js'
import { seekJob, type World } from '../world.js'

const duplicateCode = 'DUPLICATE_USER'

export interface AddParams {
  /** Names of the items; the same name is the same identity. */
  readonly names: readonly number[]
  readonly bad: number
}

export const ADD = commandOf(
  'add',
  fc.record({ job: fc.nat(), names: fc.array(fc.nat({ max: 30 }), { maxLength: 8 }), bad: fc.nat({ max: 1 }) }),
  async (world, { job: number, ...params }) => {
    const job = seekJob(world, number, ({ status }) => status === 'created')
    if (job) await addItems(world, job, params)
  },
)

export async function addItems(world: World, job: ModelJob, { names, bad }: AddParams): Promise<void> {
  const items = names.map((name) => newItem(String(name)))
  const rejected = bad > 0 ? { BAD: bad } : undefined
  const call = world.storage.addItems({ jobId: job.id, items, rejected, duplicateCode })
  world.trace.push(`add ${names.join()} to ${job.id}`)
  if (job.deleted) return assertRejects(call, 'JOB_NOT_FOUND')
  const refused = { added: 0, duplicates: [], refused: job.status }
  const expected = job.status === 'created' ? expectAdded(job, items) : refused
  assert.deepEqual(plain(await call), expected, 'the answer of addItems')
  if (job.status !== 'created') return
  count(job, 'BAD', bad)
  count(job, duplicateCode, expected.duplicates.length)
  await learnItems(world, job, names)
}

/** What an ingest into a job that takes items answers. */
export function expectAdded(job: ModelJob, items: readonly NewItem[]) {
  const known = new Set(job.items.map(({ identity }) => identity))
  const duplicates = items.flatMap(({ identity }, index) => {
    const isDuplicate = known.has(identity)
    known.add(identity)
    return isDuplicate ? [index] : []
  })
  return { added: items.length - duplicates.length, duplicates }
}

/** Only the storage knows the seqs it gave: they must be new ones, in the order of the call. */
async function learnItems(world: World, job: ModelJob, names: readonly number[]): Promise<void> {
  const known = new Set(job.items.map(({ identity }) => identity))
  const added = [...new Set(names)].map((name) => newItem(String(name))).filter(({ identity }) => !known.has(identity))
  const stored = (await allItems(world.storage, { jobId: job.id })).slice(job.items.length)
  for (const [index, item] of added.entries()) {
    const seq = stored[index]?.seq
    assert.ok(seq !== undefined && seq > (job.items.at(-1)?.seq ?? -1), 'new items get new, higher seqs')
    job.items.push(newModelItem(seq, item))
  }
}

function count(job: ModelJob, code: string, number: number): void {
  if (number > 0) job.ingestErrors.set(code, (job.ingestErrors.get(code) ?? 0) + number)
}
