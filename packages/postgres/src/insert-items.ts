import type { NewItem } from '@broadside/core'
import { textsIn, toColumns } from './column-text.js'
import type { IdentityHash } from './identity-hash.js'
import { insertKnownBySeveral } from './insert-known-by-several.js'
import { itemsInsert, type NewRow } from './item-insert.js'
import type { JobRow } from './job-row.js'
import { readIdentities } from './known-texts.js'
import { allotSeqs, type WaveEnds } from './places.js'
import type { Session, Sql } from './session.js'

export interface InsertParams {
  readonly job: JobRow
  readonly items: readonly NewItem[]
  /** Of the waves that they go to. */
  readonly ends: WaveEnds
  readonly hash: IdentityHash
}

export interface Inserted {
  /** The `seq`s of those that are in, ascending. */
  readonly seqs: readonly number[]
  /** Indexes of those that the job had already, or an earlier item of the call, ascending. */
  readonly duplicates: readonly number[]
}

/** Adds those items that are new to the job, whose lock the caller holds. */
export function insertItems(session: Session, params: InsertParams): Promise<Inserted> {
  const areKnownByOne = !params.job.hasFurtherTexts && params.items.every(({ also = [] }) => also.length === 0)
  return areKnownByOne ? insertKnownByOne(session, params) : insertKnownBySeveral(session, params)
}

/** An item of the call whose identity no earlier one of it has. */
interface Candidate extends Omit<NewRow, 'nth'> {
  readonly index: number
}

/** Where identities are all that there is: each item has its `seq` before it is known whether it stays, so duplicates leave gaps. */
async function insertKnownByOne(session: Session, params: InsertParams): Promise<Inserted> {
  const candidates = candidatesOf(params)
  const inserted = await insertNew(session, params.job.key, candidates)
  if (inserted === 'all' && candidates.length === params.items.length) {
    return { seqs: ascending(candidates.map(({ seq }) => seq)), duplicates: [] }
  }
  const isIn = new Set(inserted === 'all' ? candidates.map(({ seq }) => seq) : inserted)
  const met = candidates.filter(({ seq }) => !isIn.has(seq))
  for (const seq of await insertCollided(session, params.job.key, met)) isIn.add(seq)
  const stays = new Map(candidates.map(({ index, seq }) => [index, isIn.has(seq)]))
  return {
    seqs: ascending([...isIn]),
    duplicates: [...params.items.keys()].filter((index) => stays.get(index) !== true),
  }
}

function candidatesOf({ items, ends, hash }: InsertParams): readonly Candidate[] {
  const known = new Set<string>()
  const repeats = new Set<number>()
  for (const [index, { identity }] of items.entries()) {
    if (known.has(identity)) repeats.add(index)
    known.add(identity)
  }
  const candidates: Candidate[] = []
  for (const [index, seq] of allotSeqs(items, ends, repeats).entries()) {
    const item = items[index]
    if (item && !repeats.has(index)) candidates.push({ index, item, seq, hash: hash(item.identity) })
  }
  return candidates
}

function ascending(seqs: readonly number[]): readonly number[] {
  return [...seqs].sort((a, b) => a - b)
}

/** By one statement; what meets an item of the same hash is left out. Returns the `seq`s of those that are in. */
async function insertNew(
  session: Session,
  job: string,
  candidates: readonly Candidate[],
): Promise<readonly number[] | 'all'> {
  const [first] = candidates
  if (!first) return 'all'
  // Of one wave, they follow each other.
  const isRun = candidates.every(({ seq }, index) => seq === first.seq + index)
  const row = await session.row<[seqs: string | null]>(
    isRun ? INSERT_RUN : INSERT_EACH,
    job,
    isRun ? first.seq : candidates.map(({ seq }) => seq),
    candidates.map(({ hash }) => hash.toString()),
    toColumns(candidates.map(({ item }) => item.identity)),
    toColumns(candidates.map(({ item }) => item.recipient)),
    toColumns(candidates.map(({ item }) => item.messageId)),
    toColumns(candidates.map(({ item }) => item.payload)),
  )
  const [seqs = '[]'] = row ?? []
  return seqs === null ? 'all' : JSON.parse(seqs)
}

/** Of items that share their hash with another, adds those whose identity is a different text all the same. */
async function insertCollided(session: Session, job: string, met: readonly Candidate[]): Promise<readonly number[]> {
  if (met.length === 0) return []
  const hashes = met.map(({ hash }) => hash)
  const known = await readIdentities(session, job, hashes)
  const news = met.filter(({ item }) => !known.has(item.identity))
  const rows = news.map(({ item, seq, hash }) => ({ item, seq, hash, nth: known.add(item.identity, hash) }))
  await session.runTogether(itemsInsert(job, rows))
  return rows.map(({ seq }) => seq)
}

/** The `seq`s that are in, or null for all. `$2` is the first `seq` of a run, or each. */
function insertOf({ list, seq }: { readonly list: string; readonly seq: string }): Sql {
  return (s) => `
    with added as (
      insert into ${s}.items (job, seq, identity_hash, nth, identity, recipient, message_id, payload)
      select $1::bigint, ${seq}, hash, 0, identity, recipient, message_id, payload
      from unnest($3::bigint[], ${['$4', '$5', '$6', '$7'].map(textsIn).join(', ')}${list}
      on conflict (identity_hash, job, nth) do nothing
      returning seq
    )
    select case when count(*) < cardinality($3::bigint[]) then coalesce(json_agg(seq), '[]') end from added`
}

const NEW = 'hash, identity, recipient, message_id, payload'
const INSERT_RUN = insertOf({ list: `) with ordinality as new (${NEW}, place)`, seq: '$2::bigint + place - 1' })
const INSERT_EACH = insertOf({ list: `, $2::bigint[]) as new (${NEW}, seq)`, seq: 'seq' })
