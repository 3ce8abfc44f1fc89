import assert from 'node:assert/strict'
import type { SendingFilter, SendingRecord, SendingSortKey, Storage } from '@broadside/core'
import { plain } from '../fixtures/plain.js'
import { allSendings, sortValueOf } from '../fixtures/sending-pages.js'
import { sendingsOf } from '../fixtures/sendings.js'
import { pick, type World } from './world.js'

/** Compares every sending, a list of them, and which are due. */
export async function compareSendings(world: World, step: number): Promise<void> {
  const { storage } = world
  if (!storage.capabilities.sendings) return
  for (const { id, record } of world.sendings) {
    assert.deepEqual(plain(await sendingsOf(storage).getSending(id)), plain(record), `${id} as it is read`)
  }
  const records = world.sendings.flatMap(({ record }) => record ?? [])
  await compareList(storage, { records, step })
  await compareDue(world, { records, step })
}

interface Compared {
  readonly records: readonly SendingRecord[]
  readonly step: number
}

const FILTERS: readonly (SendingFilter & { lets(sending: SendingRecord): boolean })[] = [
  { lets: () => true },
  {
    statuses: ['transmitting', 'failed'],
    lets: ({ status }) => status === 'transmitting' || status === 'failed',
  },
  { tags: ['x'], lets: ({ definition }) => definition.tags.includes('x') },
  { dueFrom: 1_000_001, lets: ({ dueAt }) => dueAt !== undefined && dueAt >= 1_000_001 },
  { name: 'b', lets: ({ definition }) => definition.name === 'b' },
]

async function compareList(storage: Storage, { records, step }: Compared): Promise<void> {
  const sortBy = pick<SendingSortKey>(['createdAt', 'dueAt', 'name'], step) ?? 'createdAt'
  const sortDir = step % 2 === 0 ? 'asc' : 'desc'
  const { lets = () => true, ...filter } = pick(FILTERS, step) ?? {}
  const listed = await allSendings(storage, { filter, sortBy, sortDir, limit: 1 + (step % 4) })
  const expected = records.filter(lets).sort((a, b) => comparePlaces(a, b, sortBy))
  if (sortDir === 'desc') expected.reverse()
  assert.deepEqual(plain(listed), plain(expected), `sendings by ${sortBy}, ${sortDir}, of ${JSON.stringify(filter)}`)
}

function comparePlaces(a: SendingRecord, b: SendingRecord, sortBy: SendingSortKey): number {
  return compareValues(sortValueOf(a, sortBy), sortValueOf(b, sortBy)) || compareValues(a.id, b.id)
}

function compareValues(a: number | string | undefined, b: number | string | undefined): number {
  if (a === b) return 0
  return a === undefined || (b !== undefined && a < b) ? -1 : 1
}

async function compareDue({ storage, now }: World, { records, step }: Compared): Promise<void> {
  const limit = 1 + (step % 5)
  const { due, nextAt } = await sendingsOf(storage).listDueSendings({ now, limit })
  const instants = records.flatMap(({ wakeAt }) => wakeAt ?? [])
  const awake = records.filter(({ wakeAt }) => wakeAt !== undefined && wakeAt <= now)
  awake.sort((a, b) => compareValues(a.wakeAt, b.wakeAt) || compareValues(a.id, b.id))
  assert.deepEqual(plain(due), plain(awake.slice(0, limit)), 'sendings that are due, earliest first')
  const later = instants.filter((instant) => instant > now)
  assert.equal(
    nextAt,
    later.length === 0 ? undefined : Math.min(...later),
    'the next instant at which a sending is due',
  )
}
