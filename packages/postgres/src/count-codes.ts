import { fromColumn } from './column-text.js'
import { findJob, requireJob } from './job-row.js'
import type { Session, Sql } from './session.js'

export async function countCodes(session: Session, jobId: string): Promise<Readonly<Record<string, number>>> {
  const job = requireJob(await findJob(session, jobId), jobId)
  const rows = await session.rows<[code: string, number: string]>(job.closedAs ? CODES_CLOSED : CODES, job.key)
  return Object.fromEntries(rows.map(([code, number]) => [fromColumn(code), Number(number)]))
}

const CODES: Sql = (s) => `select code, settled + open from ${s}.codes where job = $1 and settled + open > 0`
/** In a closed job, what open items carry counts only while a lease covers them. Those are looked up one by one (`offset 0`). */
const CODES_CLOSED: Sql = (s) => `
  select code, sum(number) from (
    select code, settled as number from ${s}.codes where job = $1
    union all
    select item.code, 1 from ${s}.leases as lease
    cross join lateral unnest(lease.retries) as held (seq)
    cross join lateral (
      select code, held, token from ${s}.items where items.job = lease.job and items.seq = held.seq offset 0
    ) as item
    where lease.job = $1 and item.held and item.token = lease.token and item.code is not null
  ) as counted group by code having sum(number) > 0`
