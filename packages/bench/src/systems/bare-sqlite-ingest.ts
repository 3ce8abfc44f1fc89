import { hash, randomUUID } from 'node:crypto'
import type { Person } from '../people.js'
import { identityOf } from './bare-message.js'
import type { SqliteDatabase, SqliteStatement } from './sqlite-driver.js'

interface Entry {
  readonly seq: number
  readonly identity: string
  readonly hash: number
  readonly person: Person
}

/**
 * Takes people in, each once. Identities are found by a hash of 48 bits, inserted in its order so that each page of the index is touched once
 * a batch; where hashes meet, the texts are compared.
 */
export class SqliteIngest {
  readonly #statements: Statements

  constructor(database: SqliteDatabase) {
    this.#statements = statementsOn(database)
  }

  /** One batch, within a transaction of the caller's; says how many are in. */
  add(job: number, batch: readonly Person[]): number {
    const { nextSeq, insert, grow, addRange, count } = this.#statements
    const [status, firstSeq] = nextSeq.get(job, job) as [status: string, firstSeq: number]
    if (status !== 'created') return 0
    const entries = batch.map((person, index): Entry => {
      const identity = identityOf(person)
      return { seq: firstSeq + index, identity, hash: hashOf(identity), person }
    })
    const known = this.#register(job, entries)
    for (const { seq, identity, person } of entries) {
      if (!known.has(seq)) insert.run(job, seq, identity, randomUUID(), randomUUID(), JSON.stringify(person))
    }
    const added = entries.length - known.size
    const lastSeq = firstSeq + entries.length - 1
    if (grow.run(lastSeq, added, job).changes === 0) addRange.run(job, lastSeq, firstSeq, added)
    count.run(added, added, job)
    return added
  }

  /** The `seq`s of those that are in already. */
  #register(job: number, entries: readonly Entry[]): ReadonlySet<number> {
    const { register } = this.#statements
    const known = new Set<number>()
    for (const entry of [...entries].sort((a, b) => a.hash - b.hash)) {
      if (register.run(job, entry.hash, 0, entry.seq).changes === 1) continue
      if (!this.#registerBeside(job, entry, entries)) known.add(entry.seq)
    }
    return known
  }

  /** For an identity whose hash another has: true when it is a different text all the same. */
  #registerBeside(job: number, { hash: met, identity, seq }: Entry, entries: readonly Entry[]): boolean {
    const { sharing, register } = this.#statements
    const others = sharing.all(job, met) as [seq: number, identity: string | null][]
    const firstSeq = entries[0]?.seq ?? 0
    const isKnown = others.some(([at, stored]) => (stored ?? entries[at - firstSeq]?.identity) === identity)
    return !isKnown && register.run(job, met, others.length, seq).changes === 1
  }
}

function hashOf(identity: string): number {
  return Number.parseInt(hash('sha1', identity, 'hex').slice(0, 12), 16)
}

type Statements = ReturnType<typeof statementsOn>

function statementsOn(database: SqliteDatabase) {
  const reading = (sql: string): SqliteStatement => database.prepare(sql).raw(true)
  const writing = (sql: string): SqliteStatement => database.prepare(sql)
  return {
    nextSeq: reading(
      `select status, coalesce((select max(last_seq) + 1 from broadside_ranges where job = ?), 0)
       from broadside_jobs where key = ?`,
    ),
    register: writing(
      `insert into broadside_identities (job, hash, nth, seq) values (?, ?, ?, ?)
       on conflict (job, hash, nth) do nothing`,
    ),
    sharing: reading(
      `select known.seq, item.identity from broadside_identities as known
       left join broadside_items as item on item.job = known.job and item.seq = known.seq
       where known.job = ? and known.hash = ?`,
    ),
    insert: writing(
      `insert into broadside_items (job, seq, identity, recipient, message_id, payload)
       values (?, ?, ?, ?, ?, ?)`,
    ),
    grow: writing('update broadside_ranges set last_seq = ?, open = open + ? where job = ? and wave = 0'),
    addRange: writing('insert into broadside_ranges (job, wave, last_seq, first_seq, open) values (?, 0, ?, ?, ?)'),
    count: writing('update broadside_jobs set received = received + ?, pending = pending + ? where key = ?'),
  }
}
