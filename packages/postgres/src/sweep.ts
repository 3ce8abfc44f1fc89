import type { SweepParams, SweepResult } from '@broadside/core'
import { booleanFrom } from './column-value.js'
import type { Session, Sql } from './session.js'

/** How many rows one call removes at most, so that its transaction is short; `more` brings the caller back. */
const MOST = 5_000

export async function sweep(session: Session, { now, limit }: SweepParams): Promise<SweepResult> {
  const most = Math.min(limit, MOST)
  let removed = await sweepGraves(session, most)
  for (const sql of [SWEEP_ANSWERS, SWEEP_MARKS]) {
    if (removed < most) removed += await session.run(sql, now, most - removed)
  }
  // What is left without any removed is another call's: there is nothing to come back for.
  if (removed === 0) return { removed, more: false }
  const [more] = (await session.row<[string]>(MORE, now)) ?? []
  return { removed, more: booleanFrom(more ?? null) }
}

/** Removes items of deleted jobs, and the texts by which they were known; once a job has none, what was left of it counts as one row. */
async function sweepGraves(session: Session, most: number): Promise<number> {
  let removed = 0
  while (removed < most) {
    const grave = await session.row<GraveColumns>(GRAVE)
    if (grave === undefined) break
    const rows = await sweepRows(session, grave, most - removed)
    removed += Math.max(rows, 1)
    if (rows === 0) for (const rest of REST_OF_JOB) await session.run(rest, grave[0])
  }
  return removed
}

type GraveColumns = [job: string, sweptSeq: string, sweptHash: string]

async function sweepRows(session: Session, [job, sweptSeq, sweptHash]: GraveColumns, most: number): Promise<number> {
  const seqs = await session.rows<[seq: string]>(SWEEP_ITEMS, job, sweptSeq, most)
  if (seqs.length > 0) {
    await session.run(SET_SWEPT_SEQ, job, Math.max(...seqs.map(([seq]) => Number(seq))))
    return seqs.length
  }
  const hashes = await session.rows<[hash: string]>(SWEEP_TEXTS, job, sweptHash, most)
  if (hashes.length > 0)
    await session.run(
      SET_SWEPT_HASH,
      job,
      hashes.map(([hash]) => hash),
    )
  return hashes.length
}

/** Another sweep's is left to it. */
const GRAVE: Sql = (s) =>
  `select job, swept_seq, swept_hash from ${s}.graves order by job limit 1 for update skip locked`
/** From where the last sweep ended, so that it does not go through what that one removed. */
const SWEEP_ITEMS: Sql = (s) => `
  delete from ${s}.items where ctid = any (array(
    select ctid from ${s}.items where job = $1 and seq > $2 order by seq limit $3))
  returning seq`
const SET_SWEPT_SEQ: Sql = (s) => `update ${s}.graves set swept_seq = $2 where job = $1`
/** Of the texts that share the last hash, some may be left. */
const SWEEP_TEXTS: Sql = (s) => `
  delete from ${s}.further_texts where ctid = any (array(
    select ctid from ${s}.further_texts where job = $1 and hash >= $2 order by hash, nth limit $3))
  returning hash`
const SET_SWEPT_HASH: Sql = (s) =>
  `update ${s}.graves set swept_hash = (select max(hash) from unnest($2::bigint[]) as swept (hash)) where job = $1`
const REST_OF_JOB: readonly Sql[] = ['ranges', 'leases', 'codes', 'contents', 'graves'].map(
  (table) => (s) => `delete from ${s}.${table} where job = $1`,
)
/** What another call is about to use again is left to it. */
const SWEEP_ANSWERS: Sql = (s) => `
  delete from ${s}.answers where key_hash = any (array(
    select key_hash from ${s}.answers where keep_until < $1 order by keep_until limit $2 for update skip locked))`
const SWEEP_MARKS: Sql = (s) => `
  delete from ${s}.marks where key_hash = any (array(
    select key_hash from ${s}.marks where lease_until <= $1 order by lease_until limit $2 for update skip locked))`
const MORE: Sql = (s) => `
  select exists (select from ${s}.graves) or exists (select from ${s}.answers where keep_until < $1)
    or exists (select from ${s}.marks where lease_until <= $1)`
