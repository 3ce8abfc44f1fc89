import type { NewItem } from '@broadside/core'
import { type ColumnText, fromColumn } from './column-text.js'
import type { Connection } from './connection.js'
import type { IdentityHash } from './identity-hash.js'
import { insertSeveral, SEVERAL, severalRows } from './several-rows.js'
import { forEachInSteps, type Steps } from './steps.js'
import type { Tables } from './tables.js'

export interface RegisterParams {
  readonly job: number
  readonly items: readonly NewItem[]
  /** The `seq` that the first of them gets. */
  readonly firstSeq: number
  readonly hash: IdentityHash
}

/** An identity of the call, as it was registered. */
interface Entry {
  readonly index: number
  readonly identity: string
  readonly hash: number
  /** Tells apart the identities that share a hash. */
  nth: number
}

/**
 * Registers the identities of new items, and returns the indexes of those that are there already, ascending. The rest get
 * consecutive `seq`s, in the order of the call.
 *
 * They are registered in the order of their hashes: so each page of the index is touched once a call.
 */
export function* registerIdentities(db: Connection, params: RegisterParams): Steps<readonly number[]> {
  const { items, hash } = params
  const entries: Entry[] = []
  yield* forEachInSteps(items, ({ identity }, index) => entries.push({ index, identity, hash: hash(identity), nth: 0 }))
  entries.sort((a, b) => a.hash - b.hash || a.index - b.index)
  const duplicates = yield* registerAll(db, params, entries)
  const indexes = duplicates.map(({ index }) => index).sort((a, b) => a - b)
  if (indexes.length > 0) yield* closeGaps(db, { ...params, entries, duplicates: new Set(indexes) })
  return indexes
}

/** Returns those that the job has already. As long as none is met, several are registered by one statement. */
function* registerAll(db: Connection, params: RegisterParams, entries: readonly Entry[]): Steps<readonly Entry[]> {
  const duplicates: Entry[] = []
  let at = 0
  while (at + SEVERAL <= entries.length && registerSeveral(db, params, entries.slice(at, at + SEVERAL))) {
    at += SEVERAL
    yield
  }
  yield* forEachInSteps(entries.slice(at), (entry) => {
    if (!register(db, params, entry)) duplicates.push(entry)
  })
  return duplicates
}

function registerSeveral(db: Connection, { job, firstSeq }: RegisterParams, entries: readonly Entry[]): boolean {
  const rows = entries.flatMap(({ hash, index }) => [hash, firstSeq + index])
  return insertSeveral(db, INSERT_SEVERAL, [job, ...rows])
}

/** True when the identity is new to the job. */
function register(db: Connection, { job, items, firstSeq }: RegisterParams, entry: Entry): boolean {
  const seq = firstSeq + entry.index
  if (db.run(INSERT, job, entry.hash, 0, seq) > 0) return true
  const sharing = db.rows<[seq: number]>(SHARING, job, entry.hash)
  const identityAt = (at: number) => (at >= firstSeq ? items[at - firstSeq]?.identity : storedIdentity(db, job, at))
  if (sharing.some(([at]) => identityAt(at) === entry.identity)) return false
  entry.nth = sharing.length
  return db.run(INSERT, job, entry.hash, entry.nth, seq) > 0
}

function storedIdentity(db: Connection, job: number, seq: number): string | undefined {
  const row = db.row<[ColumnText]>(IDENTITY, job, seq)
  return row && fromColumn(row[0])
}

interface CloseGapsParams extends RegisterParams {
  readonly entries: readonly Entry[]
  readonly duplicates: ReadonlySet<number>
}

/** Until the duplicates were known, each identity had the `seq` of its place in the call. */
function* closeGaps(db: Connection, { job, items, firstSeq, entries, duplicates }: CloseGapsParams): Steps<void> {
  let left = 0
  const shifts = items.map((_, index) => (duplicates.has(index) ? left++ : left))
  yield* forEachInSteps(entries, ({ index, hash, nth }) => {
    const shift = shifts[index] ?? 0
    if (shift > 0 && !duplicates.has(index)) db.run(MOVE, firstSeq + index - shift, job, hash, nth)
  })
}

const INSERT = ({ identities }: Tables) =>
  `insert into ${identities} (job, hash, nth, seq) values (?, ?, ?, ?) on conflict (job, hash, nth) do nothing`
const INSERT_SEVERAL = ({ identities }: Tables) => `
  insert into ${identities} (job, nth, hash, seq) select ?, 0, several.column1, several.column2 from ${severalRows(2)}`
const SHARING = ({ identities }: Tables) => `select seq from ${identities} where job = ? and hash = ?`
const IDENTITY = ({ items }: Tables) => `select identity from ${items} where job = ? and seq = ?`
const MOVE = ({ identities }: Tables) => `update ${identities} set seq = ? where job = ? and hash = ? and nth = ?`
