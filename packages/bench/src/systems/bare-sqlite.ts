import { randomUUID } from 'node:crypto'
import { batchesOf, type Person } from '../people.js'
import { fileOf } from '../place.js'
import { CLAIM_BATCH, INGEST_BATCH } from '../sizes.js'
import { type BareItem, type Compose, composeFor, sendAll } from './bare-message.js'
import { SqliteIngest } from './bare-sqlite-ingest.js'
import { openSqlite, type SqliteDatabase, type SqliteStatement } from './sqlite-driver.js'
import type { OpenSystem, System } from './system.js'

/**
 * The limit on SQLite: a loop over the driver, with Broadside's tables and durability, and nothing of ours in between. A claim is one
 * transaction and a settle is one. A range that nobody has settled anything of is read without looking for outcomes.
 */
class BareSqlite implements System {
  readonly #database: SqliteDatabase
  readonly #compose: Compose
  readonly #ingest: SqliteIngest
  readonly #statements: Statements

  constructor(database: SqliteDatabase, compose: Compose) {
    this.#database = database
    this.#compose = compose
    this.#ingest = new SqliteIngest(database)
    this.#statements = statementsOn(database)
  }

  /** The tables and jobs are Broadside's own: it makes them, before any of this is loaded. */
  async prepare(): Promise<void> {
    throw new Error('bare-sqlite is prepared by broadside-sqlite')
  }

  async ingest(queue: string, people: Iterable<Person>): Promise<number> {
    const job = this.#key(queue)
    let added = 0
    for (const batch of batchesOf(people, INGEST_BATCH)) {
      added += this.#transaction(() => this.#ingest.add(job, batch))
    }
    return added
  }

  async drain(queues: readonly string[]): Promise<void> {
    let jobs = queues.map((queue) => this.#key(queue))
    for (const job of jobs) this.#statements.setStatus.run('processing', job)
    while (jobs.length > 0) {
      const left: number[] = []
      for (const job of jobs) if (await this.#sendSome(job)) left.push(job)
      jobs = left
    }
  }

  async close(): Promise<void> {
    this.#database.close()
  }

  /** Claims, sends and settles one batch; false when there is none. */
  async #sendSome(job: number): Promise<boolean> {
    const token = randomUUID()
    const now = Date.now()
    const items = this.#transaction(() => this.#claim(job, { token, leaseUntil: now + 30_000 }))
    if (items.length === 0) return false
    const outcomes = await sendAll(this.#compose(items))
    const sent = items.filter((_, index) => outcomes[index]?.type === 'sent')
    this.#transaction(() => this.#settle(job, { token, items: sent, now }))
    return true
  }

  #claim(job: number, { token, leaseUntil }: { token: string; leaseUntil: number }): readonly BareItem[] {
    const { range, read, shrink, dropRange, lease, hold } = this.#statements
    const found = range.get(job) as [first: number, last: number, open: number] | undefined
    if (found === undefined) return []
    const [first, last, open] = found
    const rows = read.all(job, first, last, CLAIM_BATCH) as [number, string, string, string][]
    const items = rows.map(([seq, recipient, messageId, payload]) => ({ seq, recipient, messageId, payload }))
    const through = items.at(-1)?.seq ?? last
    if (open > items.length) shrink.run(through + 1, open - items.length, job, last)
    else dropRange.run(job, last)
    lease.run(job, token, first, through, items.length, items.length, through, leaseUntil)
    hold.run(items.length, job)
    return items
  }

  #settle(job: number, { token, items, now }: { token: string; items: readonly BareItem[]; now: number }): void {
    const { outcome, dropLease, count, isDone, setStatus } = this.#statements
    for (const { seq } of items) outcome.run(job, seq, ENQUEUED, 1, token, 'email', now)
    dropLease.run(job, token)
    count.run(items.length, items.length, items.length, job)
    if (isDone.get(job) !== undefined) setStatus.run('completed', job)
  }

  #transaction<T>(work: () => T): T {
    this.#statements.begin.run()
    try {
      const result = work()
      this.#statements.commit.run()
      return result
    } catch (error) {
      this.#database.exec('rollback')
      throw error
    }
  }

  #key(queue: string): number {
    const [key] = this.#statements.key.get(queue) as [key: number]
    return key
  }
}

/** As Broadside's tables write the status of an item that a provider has taken. */
const ENQUEUED = 1

type Statements = ReturnType<typeof statementsOn>

function statementsOn(database: SqliteDatabase) {
  const reading = (sql: string): SqliteStatement => database.prepare(sql).raw(true)
  const writing = (sql: string): SqliteStatement => database.prepare(sql)
  return {
    begin: writing('begin immediate'),
    commit: writing('commit'),
    key: reading('select key from broadside_jobs where name = ?'),
    setStatus: writing('update broadside_jobs set status = ? where key = ?'),
    range: reading(
      'select first_seq, last_seq, open from broadside_ranges where job = ? and wave = 0 order by last_seq limit 1',
    ),
    read: reading(
      'select seq, recipient, message_id, payload from broadside_items where job = ? and seq >= ? and seq <= ? order by seq limit ?',
    ),
    shrink: writing('update broadside_ranges set first_seq = ?, open = ? where job = ? and wave = 0 and last_seq = ?'),
    dropRange: writing('delete from broadside_ranges where job = ? and wave = 0 and last_seq = ?'),
    lease: writing(
      `insert into broadside_leases (job, token, first_seq, last_seq, size, open, started_through, lease_until)
       values (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    dropLease: writing('delete from broadside_leases where job = ? and token = ?'),
    hold: writing('update broadside_jobs set in_flight = in_flight + ? where key = ?'),
    outcome: writing(
      `insert into broadside_outcomes (job, seq, status, attempts, held, token, spent, channel, settled_at)
       values (?, ?, ?, ?, 0, ?, 1, ?, ?) on conflict (job, seq) do nothing`,
    ),
    count: writing(
      `update broadside_jobs set pending = pending - ?, enqueued = enqueued + ?, in_flight = in_flight - ?
       where key = ?`,
    ),
    isDone: reading('select 1 from broadside_jobs where key = ? and pending = 0'),
  }
}

export const open: OpenSystem = async ({ place, variant }) =>
  new BareSqlite(openSqlite(fileOf(place)), await composeFor(variant))
