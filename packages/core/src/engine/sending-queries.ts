import * as z from 'zod'
import { parseInput } from '../domain/input.js'
import { decodeCursor, encodeCursor } from '../domain/list-cursor.js'
import { BroadsideError } from '../model/error.js'
import { instantSchema } from '../model/instant.js'
import type { SendingInfo } from '../model/sending.js'
import { SENDING_STATUSES, type SendingStatus } from '../model/sending-status.js'
import type { SendingRecord, SendingSortKey, SortDirection } from '../storage/sending-record.js'
import type { Storage } from '../storage/storage.js'
import { type ItemsPage, type ItemsQuery, type JobQueries, type Paging, readItemsQuery } from './job-queries.js'
import { sendingInfo, sendingNotFound, sendingsOf } from './sending-info.js'

export interface SendingsPage {
  /** Without counters: ask for those one by one. */
  readonly sendings: readonly SendingInfo[]
  readonly paging: Paging
}

const list = <Schema extends z.ZodType>(schema: Schema) => z.union([schema, z.array(schema)])
const range = z.strictObject({
  gt: instantSchema.optional(),
  gte: instantSchema.optional(),
  lt: instantSchema.optional(),
  lte: instantSchema.optional(),
})

const sendingsQuerySchema = z.strictObject({
  cursor: z.string().optional(),
  limit: z.int().min(1).max(1_000).default(100),
  status: list(z.enum(SENDING_STATUSES)).optional(),
  tags: z.array(z.string()).optional(),
  name: z.string().optional(),
  sendtrigger: list(z.string()).optional(),
  template: z.string().optional(),
  sendTime: range.optional(),
  createTime: range.optional(),
  sortBy: z.enum(['createTime', 'sendTime', 'name']).default('createTime'),
  sortDir: z.enum(['asc', 'desc']).default('desc'),
})

/** Bounds of a time; as `Date` or in ms since the epoch. */
export interface TimeRange {
  readonly gt?: number | Date | undefined
  readonly gte?: number | Date | undefined
  readonly lt?: number | Date | undefined
  readonly lte?: number | Date | undefined
}

/** Which sendings, and in what order: the newest first unless told. 1 to 1,000 a page, 100 unless told. */
export interface SendingsQuery {
  readonly cursor?: string | undefined
  readonly limit?: number | undefined
  readonly status?: SendingStatus | readonly SendingStatus[] | undefined
  /** Sendings that carry all of them. */
  readonly tags?: readonly string[] | undefined
  readonly name?: string | undefined
  readonly sendtrigger?: string | readonly string[] | undefined
  /** Those whose message refers to this template. */
  readonly template?: string | undefined
  /** When they are due; those that are not scheduled are left out. */
  readonly sendTime?: TimeRange | undefined
  readonly createTime?: TimeRange | undefined
  readonly sortBy?: 'createTime' | 'sendTime' | 'name' | undefined
  readonly sortDir?: SortDirection | undefined
}

const SORT_KEYS = { createTime: 'createdAt', sendTime: 'dueAt', name: 'name' } as const

/** Reads sendings page by page. */
export class SendingQueries {
  readonly #storage: Storage
  readonly #jobs: JobQueries

  constructor(storage: Storage, jobs: JobQueries) {
    this.#storage = storage
    this.#jobs = jobs
  }

  /** @throws BroadsideError `SENDING_NOT_FOUND`. */
  async get(sendingId: string): Promise<SendingInfo> {
    const record = await this.load(sendingId)
    const job = record.jobId === undefined ? undefined : await this.#storage.getJob(record.jobId)
    return sendingInfo(record, job)
  }

  /** @throws BroadsideError `SENDING_NOT_FOUND`. */
  async load(sendingId: string): Promise<SendingRecord> {
    const record = await sendingsOf(this.#storage).getSending(String(sendingId))
    if (record === undefined) throw sendingNotFound(String(sendingId))
    return record
  }

  async list(query: SendingsQuery): Promise<SendingsPage> {
    const read = parseInput(sendingsQuerySchema, query, 'The query')
    const { limit, sortDir } = read
    const sortBy = SORT_KEYS[read.sortBy]
    const due = bounds(read.sendTime)
    const created = bounds(read.createTime)
    const records = await sendingsOf(this.#storage).listSendings({
      filter: {
        statuses: asList(read.status),
        tags: read.tags,
        name: read.name,
        triggers: asList(read.sendtrigger),
        template: read.template,
        dueFrom: due.from,
        dueBefore: due.before,
        createdFrom: created.from,
        createdBefore: created.before,
      },
      sortBy,
      sortDir,
      after: read.cursor === undefined ? undefined : placeOf(read.cursor, { sortBy, sortDir }),
      limit: limit + 1,
    })
    const page = records.slice(0, limit)
    const last = page.at(-1)
    const more = records.length > limit && last !== undefined
    return {
      sendings: page.map((record) => sendingInfo(record)),
      paging: { more, cursor: more ? cursorOf(last, { sortBy, sortDir }) : undefined },
    }
  }

  /** Of a sending that has no items yet, an empty page. */
  async items(sendingId: string, query: ItemsQuery): Promise<ItemsPage> {
    const { jobId } = await this.load(sendingId)
    if (jobId !== undefined) return this.#jobs.items(jobId, query)
    readItemsQuery(query)
    return { items: [], paging: { more: false } }
  }

  async codes(sendingId: string): Promise<Readonly<Record<string, number>>> {
    const { jobId } = await this.load(sendingId)
    return jobId === undefined ? {} : this.#jobs.codes(jobId)
  }
}

/** Instants are whole ms: what is after one is from the next on. */
function bounds(range: { gt?: number; gte?: number; lt?: number; lte?: number } | undefined): {
  readonly from: number | undefined
  readonly before: number | undefined
} {
  const { gt, gte, lt, lte } = range ?? {}
  const from = [gt === undefined ? undefined : Math.floor(gt) + 1, gte && Math.ceil(gte)].filter(
    (at) => at !== undefined,
  )
  const before = [lt && Math.ceil(lt), lte === undefined ? undefined : Math.floor(lte) + 1].filter(
    (at) => at !== undefined,
  )
  return {
    from: from.length === 0 ? undefined : Math.max(...from),
    before: before.length === 0 ? undefined : Math.min(...before),
  }
}

function sortValueOf(record: SendingRecord, sortBy: SendingSortKey): number | string | undefined {
  return sortBy === 'name' ? record.definition.name : record[sortBy]
}

interface Order {
  readonly sortBy: SendingSortKey
  readonly sortDir: SortDirection
}

/** The order belongs to it, so that a cursor of another order is found out. */
function cursorOf(record: SendingRecord, { sortBy, sortDir }: Order): string {
  const value = sortValueOf(record, sortBy)
  return encodeCursor([`${sortBy} ${sortDir}`, record.id, value === undefined ? '' : JSON.stringify(value)])
}

function placeOf(
  cursor: string,
  { sortBy, sortDir }: Order,
): { readonly value: number | string | undefined; readonly id: string } {
  const [key, id, text] = decodeCursor(cursor, ['string', 'string', 'string'])
  const value = readValue(String(text))
  const isFitting =
    value === undefined ? sortBy !== 'createdAt' : typeof value === (sortBy === 'name' ? 'string' : 'number')
  if (key !== `${sortBy} ${sortDir}` || !isFitting) {
    throw new BroadsideError('CURSOR_INVALID', 'The cursor is of a list in another order. Start without a cursor.')
  }
  return { value: value as number | string | undefined, id: String(id) }
}

function readValue(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return null
  }
}

function asList<T>(value: T | readonly T[] | undefined): readonly T[] | undefined {
  if (value === undefined) return undefined
  return Array.isArray(value) ? value : [value as T]
}
