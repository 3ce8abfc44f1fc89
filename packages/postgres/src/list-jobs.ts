import type { JobRecord, ListJobsParams } from '@broadside/core'
import { toColumn, toNullable } from './column-text.js'
import { type RecordColumns, recordFrom, SELECT_RECORD } from './job-record.js'
import type { Session, Sql } from './session.js'

export async function listJobs(
  session: Session,
  { filter = {}, after, limit }: ListJobsParams,
): Promise<readonly JobRecord[]> {
  const { statuses, tags, name, createdFrom, createdBefore, finishedBefore } = filter
  const rows = await session.rows<RecordColumns>(
    PAGE,
    after?.createdAt ?? null,
    toNullable(after?.id),
    statuses ?? null,
    tags?.map(toColumn) ?? null,
    toNullable(name),
    createdFrom ?? null,
    createdBefore ?? null,
    finishedBefore ?? null,
    limit,
  )
  return rows.map(recordFrom)
}

/** A job has a `finished_at` exactly while it is terminal. */
const PAGE: Sql = (s) => `
  ${SELECT_RECORD(s)}
  where ($1::float8 is null or (created_at, id) < ($1, $2::text collate "C"))
    and ($3::text[] is null or status = any ($3))
    and ($4::text[] is null or tags @> $4)
    and ($5::text is null or name = $5)
    and ($6::float8 is null or created_at >= $6)
    and ($7::float8 is null or created_at < $7)
    and ($8::float8 is null or finished_at < $8)
  order by created_at desc, id desc limit $9`
