import type { NewItem } from '@broadside/core'
import { fromColumn, textsIn, toColumn, toColumns } from './column-text.js'
import type { IdentityHash } from './identity-hash.js'
import type { Session, Sql } from './session.js'

export interface InsertParams {
  readonly job: string
  readonly items: readonly NewItem[]
  /** The lowest `seq` that is free. */
  readonly nextSeq: number
  readonly hash: IdentityHash
}

export interface Inserted {
  /** The `seq`s of those that are in, ascending. */
  readonly seqs: readonly number[]
  /** Indexes of those that the job had already, or an earlier item of the call, ascending. */
  readonly duplicates: readonly number[]
}

/** An item of the call whose identity no earlier one of it has. */
interface Candidate {
  readonly index: number
  readonly item: NewItem
  readonly seq: number
  readonly hash: bigint
}

/**
 * Adds those items whose identity is new to the job, whose lock the caller holds. Each has its `seq` before it is known whether
 * it stays, so duplicates leave gaps.
 */
export async function insertItems(session: Session, params: InsertParams): Promise<Inserted> {
  const candidates = candidatesOf(params)
  const inserted = await insertNew(session, params, candidates)
  if (inserted === 'all' && candidates.length === params.items.length) {
    return { seqs: candidates.map(({ seq }) => seq), duplicates: [] }
  }
  const isIn = new Set(inserted === 'all' ? candidates.map(({ seq }) => seq) : inserted)
  const met = candidates.filter(({ seq }) => !isIn.has(seq))
  for (const seq of await insertCollided(session, params.job, met)) isIn.add(seq)
  const stays = new Map(candidates.map(({ index, seq }) => [index, isIn.has(seq)]))
  return {
    seqs: [...isIn].sort((a, b) => a - b),
    duplicates: [...params.items.keys()].filter((index) => stays.get(index) !== true),
  }
}

function candidatesOf({ items, nextSeq, hash }: InsertParams): readonly Candidate[] {
  const known = new Set<string>()
  const candidates: Candidate[] = []
  for (const [index, item] of items.entries()) {
    if (known.has(item.identity)) continue
    known.add(item.identity)
    candidates.push({ index, item, seq: nextSeq + candidates.length, hash: hash(item.identity) })
  }
  return candidates
}

/** By one statement; what meets an item of the same hash is left out. Returns the `seq`s of those that are in. */
async function insertNew(
  session: Session,
  { job, nextSeq }: InsertParams,
  candidates: readonly Candidate[],
): Promise<readonly number[] | 'all'> {
  if (candidates.length === 0) return 'all'
  const row = await session.row<[seqs: string | null]>(
    INSERT,
    job,
    nextSeq,
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
  const sharing = await identitiesByHash(session, job, met)
  const inserted: number[] = []
  for (const { item, seq, hash } of met) {
    const identities = sharing.get(hash) ?? new Set()
    if (identities.has(item.identity)) continue
    const texts = [item.identity, item.recipient, item.messageId, item.payload].map(toColumn)
    await session.run(INSERT_NTH, job, seq, hash.toString(), identities.size, ...texts)
    sharing.set(hash, identities.add(item.identity))
    inserted.push(seq)
  }
  return inserted
}

async function identitiesByHash(session: Session, job: string, met: readonly Candidate[]) {
  const hashes = met.map(({ hash }) => hash.toString())
  const rows = await session.rows<[hash: string, identity: string]>(SHARING, job, hashes)
  const sharing = new Map<bigint, Set<string>>()
  for (const [hash, identity] of rows) {
    const key = BigInt(hash)
    sharing.set(key, (sharing.get(key) ?? new Set()).add(fromColumn(identity)))
  }
  return sharing
}

const COLUMNS = 'job, seq, identity_hash, nth, identity, recipient, message_id, payload'
/** The `seq`s that are in, or null for all. */
const INSERT: Sql = (s) => `
  with added as (
    insert into ${s}.items (${COLUMNS})
    select $1::bigint, $2::bigint + place - 1, hash, 0, identity, recipient, message_id, payload
    from unnest($3::bigint[], ${['$4', '$5', '$6', '$7'].map(textsIn).join(', ')}) with ordinality
      as new (hash, identity, recipient, message_id, payload, place)
    on conflict (identity_hash, job, nth) do nothing
    returning seq
  )
  select case when count(*) < cardinality($3::bigint[]) then coalesce(json_agg(seq), '[]') end from added`
const INSERT_NTH: Sql = (s) => `insert into ${s}.items (${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8)`
const SHARING: Sql = (s) =>
  `select identity_hash, identity from ${s}.items where identity_hash = any ($2::bigint[]) and job = $1`
