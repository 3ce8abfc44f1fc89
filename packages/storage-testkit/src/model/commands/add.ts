import assert from 'node:assert/strict'
import {
  type AddItemsParams,
  type AddItemsResult,
  type JobStatus,
  type NewItem,
  type WaveDue,
  waveOfSeq,
} from '@broadside/core'
import fc from 'fast-check'
import { assertRejects } from '../../fixtures/assert-rejects.js'
import { newItem } from '../../fixtures/new-items.js'
import { allItems } from '../../fixtures/pages.js'
import { plain } from '../../fixtures/plain.js'
import { commandOf } from '../command.js'
import { newModelItem } from '../model-item.js'
import { type ModelJob, setDue } from '../model-job.js'
import { seekJob, type World } from '../world.js'

const duplicateCode = 'DUPLICATE_USER'

/** One item, before it is known whether the storage knows of waves. */
interface ItemChoice {
  /** The same name is the same identity. */
  readonly name: number
  readonly wave: number
  readonly also: readonly string[]
}

export interface AddParams {
  readonly items: readonly ItemChoice[]
  /** When waves are due, by number, in ms from now. */
  readonly dues: readonly DueChoice[]
  readonly into?: readonly JobStatus[] | undefined
  readonly bad: number
}

/** `undefined`: nothing is said of that wave. */
export type DueChoice = { readonly delay: number | undefined } | undefined

const ALSO = fc.oneof(
  fc.nat({ max: 6 }).map((text) => `also:${text}`),
  fc.nat({ max: 30 }).map((name) => newItem(String(name)).identity),
)

const ITEM: fc.Arbitrary<ItemChoice> = fc.record({
  name: fc.nat({ max: 30 }),
  wave: fc.nat({ max: 3 }),
  also: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(ALSO, { minLength: 1, maxLength: 2 }) },
  ),
})

export const DUES: fc.Arbitrary<readonly DueChoice[]> = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: fc.constant(undefined) },
    { weight: 3, arbitrary: fc.record({ delay: fc.nat({ max: 40 }) }) },
    { weight: 1, arbitrary: fc.constant({ delay: undefined }) },
  ),
  { minLength: 4, maxLength: 4 },
)

const INTO = fc.constantFrom<(readonly JobStatus[] | undefined)[]>(
  undefined,
  ['created', 'processing', 'paused'],
  ['processing', 'paused'],
  ['paused'],
)

export const ADD = commandOf(
  'add',
  fc.record({
    job: fc.nat(),
    items: fc.array(ITEM, { maxLength: 8 }),
    dues: DUES,
    into: INTO,
    bad: fc.nat({ max: 1 }),
  }),
  async (world, { job: number, ...params }) => {
    const job = seekJob(world, number, ({ status }) => statusesOf(params).includes(status))
    if (job) await addItems(world, job, params)
  },
)

function statusesOf({ into }: Pick<AddParams, 'into'>): readonly JobStatus[] {
  return into ?? ['created']
}

export async function addItems(world: World, job: ModelJob, choice: AddParams): Promise<void> {
  const params = paramsOf(world, job, choice)
  const { items, waves } = params
  const call = world.storage.addItems(params)
  world.trace.push(`add ${items.map(inWords).join()} to ${job.id}; waves ${JSON.stringify(waves ?? [])}`)
  if (job.deleted) return assertRejects(call, 'JOB_NOT_FOUND')
  const isTaken = statusesOf(params).includes(job.status)
  const expected = isTaken ? expectAdded(job, items) : { added: 0, duplicates: [] }
  const refused = isTaken ? undefined : job.status
  assert.deepEqual(plain(await call), plain({ ...expected, refused }), 'the answer of addItems')
  if (!isTaken) return
  count(job, 'BAD', choice.bad)
  count(job, duplicateCode, expected.duplicates.length)
  await learnItems(
    world,
    job,
    items.filter((_, index) => !expected.duplicates.includes(index)),
  )
  setDue(job, waves)
}

/** Without sendings there is one wave, and nothing that came with them is given. */
function paramsOf(world: World, job: ModelJob, { items, dues, into, bad }: AddParams): AddItemsParams {
  const common = { jobId: job.id, rejected: bad > 0 ? { BAD: bad } : undefined, duplicateCode }
  const plainItems = items.map(({ name }) => newItem(String(name)))
  if (!world.storage.capabilities.sendings) return { ...common, items: plainItems }
  const waved = items.map(({ wave, also }, index) => ({ ...(plainItems[index] ?? newItem('none')), wave, also }))
  const used = new Set(items.map(({ wave }) => wave))
  return { ...common, into, items: waved, waves: duesOf(world, dues).filter(({ wave }) => used.has(wave)) }
}

export function duesOf({ now }: World, dues: readonly DueChoice[]): readonly WaveDue[] {
  return dues.flatMap((due, wave) => {
    return due ? [{ wave, dueAt: due.delay === undefined ? undefined : now + due.delay }] : []
  })
}

function inWords({ identity, wave = 0, also = [] }: NewItem): string {
  return [`${wave}:${identity}`, ...also].join('=')
}

function textsOf({ identity, also = [] }: NewItem): readonly string[] {
  return [identity, ...also]
}

/** What an ingest into a job that takes items answers. */
export function expectAdded(job: ModelJob, items: readonly NewItem[]): Omit<AddItemsResult, 'refused'> {
  const known = new Set(job.texts)
  const duplicates = items.flatMap((item, index) => {
    const texts = textsOf(item)
    if (texts.some((text) => known.has(text))) return [index]
    for (const text of texts) known.add(text)
    return []
  })
  return { added: items.length - duplicates.length, duplicates }
}

/** Only the storage knows the seqs it gave: they must be new ones, in each wave in the order of the call. */
async function learnItems(world: World, job: ModelJob, added: readonly NewItem[]): Promise<void> {
  const known = new Set(job.items.map(({ seq }) => seq))
  const stored = (await allItems(world.storage, { jobId: job.id }))
    .map(({ seq }) => seq)
    .filter((seq) => !known.has(seq))
  const waves = [...new Set(added.map(({ wave = 0 }) => wave))].sort((a, b) => a - b)
  const inOrder = waves.flatMap((number) => added.filter(({ wave = 0 }) => wave === number))
  assert.equal(stored.length, inOrder.length, 'as many items are new as were added')
  for (const [index, item] of inOrder.entries()) learnItem(world, job, { item, seq: stored[index] ?? -1 })
  job.items.sort((a, b) => a.seq - b.seq)
}

function learnItem(world: World, job: ModelJob, { item, seq }: { readonly item: NewItem; readonly seq: number }): void {
  const { wave = 0 } = item
  const ofWave = job.items.filter((one) => one.wave === wave)
  assert.ok(seq > (ofWave.at(-1)?.seq ?? -1), 'new items get new seqs, higher than those of their wave')
  if (world.storage.capabilities.sendings) assert.equal(waveOfSeq(seq), wave, `the wave that seq ${seq} carries`)
  const rest = ofWave.find(({ lastToken }) => lastToken === undefined)
  job.items.push({ ...newModelItem(seq, item), dueAt: rest?.dueAt ?? Number.NEGATIVE_INFINITY })
  for (const text of textsOf(item)) job.texts.add(text)
}

function count(job: ModelJob, code: string, number: number): void {
  if (number > 0) job.ingestErrors.set(code, (job.ingestErrors.get(code) ?? 0) + number)
}
