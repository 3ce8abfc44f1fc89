import type { ReviseItemsParams } from '@broadside/core'
import type { Connection } from './connection.js'
import { codesToVisit } from './item-filter.js'
import type { JobRow } from './job-row.js'
import { markedSeqs } from './marked-items.js'

const CHUNK = 256

/** The `seq`s of items that a revision has to look at, a few at a time, each once. */
export function* revisableSeqs(db: Connection, job: JobRow, params: ReviseItemsParams): Iterable<readonly number[]> {
  const { seqs, statuses, code } = params
  const codes = codesToVisit(db, job, { statuses })
  if (seqs) yield* chunksOf(new Set(seqs), job)
  else if (!codes) yield* everySeq(job)
  // Items take on `code` on the way: those that have it are visited first, so that none is visited twice.
  else for (const one of [...new Set([code, ...codes])]) yield* seqsWith(db, job, one)
}

function* chunksOf(seqs: ReadonlySet<number>, { received }: JobRow): Iterable<readonly number[]> {
  const known = [...seqs].filter((seq) => seq >= 0 && seq < received)
  for (let from = 0; from < known.length; from += CHUNK) yield known.slice(from, from + CHUNK)
}

function* everySeq({ received }: JobRow): Iterable<readonly number[]> {
  for (let from = 0; from < received; from += CHUNK) {
    yield Array.from({ length: Math.min(CHUNK, received - from) }, (_, offset) => from + offset)
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
