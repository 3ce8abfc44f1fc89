import type { NewItem } from '@broadside/core'
import { textsIn, toColumns } from './column-text.js'
import type { Sql, Write } from './session.js'

export interface NewRow {
  readonly item: NewItem
  readonly seq: number
  /** Of its identity. */
  readonly hash: bigint
  /** Tells apart the items of a job that share a hash. */
  readonly nth: number
}

/** Adds items that are known to be new to the job. */
export function itemsInsert(job: string, rows: readonly NewRow[]): readonly Write[] {
  if (rows.length === 0) return []
  const values = [
    job,
    rows.map(({ seq }) => seq),
    rows.map(({ hash }) => hash.toString()),
    rows.map(({ nth }) => nth),
    toColumns(rows.map(({ item }) => item.identity)),
    toColumns(rows.map(({ item }) => item.recipient)),
    toColumns(rows.map(({ item }) => item.messageId)),
    toColumns(rows.map(({ item }) => item.payload)),
  ]
  return [{ sql: INSERT, values }]
}

const INSERT: Sql = (s) => `
  insert into ${s}.items (job, seq, identity_hash, nth, identity, recipient, message_id, payload)
  select $1::bigint, * from unnest($2::bigint[], $3::bigint[], $4::smallint[], ${['$5', '$6', '$7', '$8'].map(textsIn).join(', ')})`
