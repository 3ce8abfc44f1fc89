import type { ReviseItemsParams } from '@broadside/core'
import type { Connection } from './connection.js'
import { codesToVisit } from './item-filter.js'
import type { JobRow } from './job-row.js'
import { markedSeqs } from './marked-items.js'
import type { Tables } from './tables.js'

const CHUNK = 256

/** The `seq`s of items that a revision has to look at, a few at a time, each once. */
export function* revisableSeqs(db: Connection, job: JobRow, params: ReviseItemsParams): Iterable<readonly number[]> {
  const { seqs, statuses, code } = params
  const codes = codesToVisit(db, job, { statuses })
  if (seqs) yield* chunksOf(db, new Set(seqs), job)
  else if (!codes) yield* everySeq(db, job)
  // Items take on `code` on the way: those that have it are visited first, so that none is visited twice.
  else for (const one of [...new Set([code, ...codes])]) yield* seqsWith(db, job, one)
}

function* chunksOf(db: Connection, seqs: ReadonlySet<number>, { key }: JobRow): Iterable<readonly number[]> {
  const known = [...seqs].filter((seq) => db.row(EXISTS, key, seq) !== undefined)
  for (let from = 0; from < known.length; from += CHUNK) yield known.slice(from, from + CHUNK)
}

function* everySeq(db: Connection, { key }: JobRow): Iterable<readonly number[]> {
  for (let after = -1; ; ) {
    const seqs = db.rows<[number]>(ALL, key, after, CHUNK).map(([seq]) => seq)
    const last = seqs.at(-1)
    if (last === undefined) return
    yield seqs
    after = last
  }
}

function* seqsWith(db: Connection, { key }: JobRow, code: string | undefined): Iterable<readonly number[]> {
  for (let after = -1; ; ) {
    const seqs = markedSeqs(db, key, { code, after, limit: CHUNK })
    const last = seqs.at(-1)
    if (last === undefined) return
    yield seqs
    after = last
  }
}

const EXISTS = ({ items }: Tables) => `select 1 from ${items} where job = ? and seq = ?`
const ALL = ({ items }: Tables) => `select seq from ${items} where job = ? and seq > ? order by seq limit ?`
