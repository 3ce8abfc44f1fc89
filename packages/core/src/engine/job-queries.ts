import * as z from 'zod'
import { parseInput } from '../domain/input.js'
import { decodeCursor, encodeCursor } from '../domain/list-cursor.js'
import { instantSchema } from '../model/instant.js'
import { ITEM_STATUSES, type Item, type ItemStatus } from '../model/item.js'
import { JOB_STATUSES, type JobInfo, type JobStatus } from '../model/job.js'
import type { ItemRecord } from '../storage/item-record.js'
import type { Storage } from '../storage/storage.js'
import { itemInfo } from './item-info.js'
import { jobNotFound } from './job-commands.js'
import { jobInfo } from './job-info.js'

/** Where a page ends, and how to go on. */
export interface Paging {
  /** Pass it on to get the next page; absent on the last. Opaque. */
  readonly cursor?: string | undefined
  readonly more: boolean
}

export interface ItemsPage {
  readonly items: readonly Item[]
  readonly paging: Paging
}

export interface JobsPage {
  readonly jobs: readonly JobInfo[]
  readonly paging: Paging
}

const limit = z.int().min(1).max(1_000).default(100)
/** Instants are whole ms: both bounds, the lower that is in it and the upper that is not, are the next whole one. */
const bound = instantSchema.transform(Math.ceil).optional()

const itemsQuerySchema = z.strictObject({
  cursor: z.string().optional(),
  limit,
  status: z.union([z.enum(ITEM_STATUSES), z.array(z.enum(ITEM_STATUSES))]).optional(),
  code: z.union([z.string(), z.array(z.string())]).optional(),
})

const jobsQuerySchema = z.strictObject({
  cursor: z.string().optional(),
  limit,
  status: z.union([z.enum(JOB_STATUSES), z.array(z.enum(JOB_STATUSES))]).optional(),
  tags: z.array(z.string()).optional(),
  name: z.string().optional(),
  createdFrom: bound,
  createdBefore: bound,
})

/** Which items: by status and code; 1 to 1,000 a page, 100 unless told. */
export interface ItemsQuery {
  readonly cursor?: string | undefined
  readonly limit?: number | undefined
  readonly status?: ItemStatus | readonly ItemStatus[] | undefined
  readonly code?: string | readonly string[] | undefined
}

/** Which jobs, newest first. `tags`: jobs that carry all of them. Instants as `Date` or in ms since the epoch. */
export interface JobsQuery {
  readonly cursor?: string | undefined
  readonly limit?: number | undefined
  readonly status?: JobStatus | readonly JobStatus[] | undefined
  readonly tags?: readonly string[] | undefined
  readonly name?: string | undefined
  readonly createdFrom?: number | Date | undefined
  readonly createdBefore?: number | Date | undefined
}

/** Reads jobs and items page by page. */
export class JobQueries {
  readonly #storage: Storage

  constructor(storage: Storage) {
    this.#storage = storage
  }

  async get(jobId: string): Promise<JobInfo> {
    const job = await this.#storage.getJob(jobId)
    if (job === undefined) throw jobNotFound(jobId)
    return jobInfo(job)
  }

  async list(query: JobsQuery): Promise<JobsPage> {
    const { cursor, limit, status, ...rest } = parseInput(jobsQuerySchema, query, 'The query')
    const [createdAt, id] = cursor === undefined ? [] : decodeCursor(cursor, ['number', 'string'])
    const after = cursor === undefined ? undefined : { createdAt: Number(createdAt), id: String(id) }
    const records = await this.#storage.listJobs({
      filter: { ...rest, statuses: asList(status) },
      after,
      limit: limit + 1,
    })
    const page = records.slice(0, limit)
    const last = page.at(-1)
    const more = records.length > limit && last !== undefined
    return {
      jobs: page.map(jobInfo),
      paging: { more, cursor: more ? encodeCursor([last.createdAt, last.id]) : undefined },
    }
  }

  async items(jobId: string, query: ItemsQuery): Promise<ItemsPage> {
    const { after, limit, status, code } = readItemsQuery(query)
    await this.get(jobId)
    const records: ItemRecord[] = []
    let next = after
    let more = true
    while (more && records.length < limit) {
      const page = await this.#storage.listItems({
        jobId,
        after: next,
        limit: limit - records.length,
        statuses: asList(status),
        codes: asList(code),
      })
      records.push(...page.items)
      more = page.next !== undefined
      next = page.next
    }
    return {
      items: records.map(itemInfo),
      paging: { more, cursor: more && next !== undefined ? encodeCursor([next]) : undefined },
    }
  }

  async codes(jobId: string): Promise<Readonly<Record<string, number>>> {
    await this.get(jobId)
    return this.#storage.countCodes(jobId)
  }
}

/** @throws BroadsideError `INVALID_INPUT` or `CURSOR_INVALID`. */
export function readItemsQuery(query: ItemsQuery) {
  const { cursor, ...read } = parseInput(itemsQuerySchema, query, 'The query')
  return { ...read, after: cursor === undefined ? undefined : Number(decodeCursor(cursor, ['number'])[0]) }
}

function asList<T>(value: T | readonly T[] | undefined): readonly T[] | undefined {
  return value === undefined || Array.isArray(value) ? (value as readonly T[] | undefined) : [value as T]
}
