import { type ColumnText, fromColumn } from './column-text.js'
import type { Connection } from './connection.js'
import { type JobRow, requireJob } from './job-row.js'
import { isRange, leasesOf } from './lease.js'
import { findOutcome } from './outcome.js'
import type { Tables } from './tables.js'

export function countCodes(db: Connection, jobId: string): Readonly<Record<string, number>> {
  const job = requireJob(db, jobId)
  const counts = new Map<string, number>()
  for (const [code, settled, open] of db.rows<[ColumnText, number, number]>(CODES, job.key)) {
    counts.set(fromColumn(code), job.closedAs ? settled : settled + open)
  }
  if (job.closedAs) for (const code of heldCodes(db, job)) counts.set(code, (counts.get(code) ?? 0) + 1)
  return Object.fromEntries([...counts].filter(([, count]) => count > 0))
}

/** In a closed job, what its open items carry counts only while a lease covers them. */
function heldCodes(db: Connection, { key }: JobRow): readonly string[] {
  const seqs = leasesOf(db, key).flatMap(({ covers }) => (isRange(covers) ? [] : covers.seqs))
  const outcomes = seqs.map((seq) => findOutcome(db, key, seq))
  return outcomes.flatMap((outcome) => (outcome?.held && outcome.code !== undefined ? [outcome.code] : []))
}

const CODES = ({ codes }: Tables) => `select code, settled, open from ${codes} where job = ?`
