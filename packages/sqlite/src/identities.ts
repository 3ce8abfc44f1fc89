import type { NewItem } from '@broadside/core'
import { type ColumnText, fromColumn } from './column-text.js'
import type { Connection } from './connection.js'
import type { IdentityHash } from './identity-hash.js'
import { allotSeqs, type NextSeqs } from './places.js'
import { insertSeveral, SEVERAL, severalRows } from './several-rows.js'
import { forEachInSteps, type Steps } from './steps.js'
import type { Tables } from './tables.js'

export interface RegisterParams {
  readonly job: number
  readonly items: readonly NewItem[]
  readonly next: NextSeqs
  readonly hash: IdentityHash
}

/** A text by which an item of the call is known, as it is registered. */
interface Entry {
  readonly index: number
  readonly identity: string
  readonly hash: number
  seq: number
  /** Tells apart the identities that share a hash. */
  nth: number
}

/**
 * Registers the identities of new items, and returns the indexes of the items that are there already. The rest are registered under
 * the `seq`s that `allotSeqs` gives them.
 *
 * They are registered in the order of their hashes: so each page of the index is touched once a call.
 */
export function* registerIdentities(db: Connection, params: RegisterParams): Steps<ReadonlySet<number>> {
  const isKnownByOne = params.items.every(({ also }) => also === undefined || also.length === 0)
  return yield* isKnownByOne ? registerOneEach(db, params) : registerAfterLook(db, params)
}

/** The hot path: registers first, and mends it for what turns out to be there. */
function* registerOneEach(db: Connection, params: RegisterParams): Steps<ReadonlySet<number>> {
  const { items, next, hash } = params
  const seqs = allotSeqs(items, next)
  const entries: Entry[] = []
  yield* forEachInSteps(items, ({ identity }, index) => entries.push(newEntry(index, identity, { hash, seqs })))
  entries.sort(byHash)
  const ofCall = new Map<number, string>()
  for (const { seq, identity } of entries) ofCall.set(seq, identity)
  const isIt = (seq: number, identity: string): boolean =>
    ofCall.has(seq) ? ofCall.get(seq) === identity : storedTexts(db, params.job, seq).includes(identity)
  const known = yield* registerAll(db, params.job, { entries, isIt })
  const duplicates = new Set(known.map(({ index }) => index))
  if (duplicates.size > 0) yield* closeGaps(db, params, { entries, duplicates })
  return duplicates
}

/** Looks first: an item that is known by one of its texts must not leave another behind. */
function* registerAfterLook(db: Connection, params: RegisterParams): Steps<ReadonlySet<number>> {
  const { job, items, next, hash } = params
  const looked: Entry[] = []
  yield* forEachInSteps(items, (item, index) => {
    for (const identity of textsOf(item)) looked.push(newEntry(index, identity, { hash, seqs: [] }))
  })
  looked.sort(byHash)
  const stored = new Set<string>()
  yield* forEachInSteps(looked, ({ hash: of, identity }) => {
    if (isStored(db, job, { hash: of, identity })) stored.add(identity)
  })
  const duplicates = duplicatesIn(items, stored)
  const seqs = allotSeqs(items, next, duplicates)
  const entries = looked.filter(({ index }) => !duplicates.has(index))
  for (const entry of entries) entry.seq = seqs[entry.index] ?? 0
  yield* registerAll(db, job, { entries, isIt: () => false })
  return duplicates
}

function newEntry(
  index: number,
  identity: string,
  { hash, seqs }: { readonly hash: IdentityHash; readonly seqs: readonly number[] },
): Entry {
  return { index, identity, hash: hash(identity), seq: seqs[index] ?? 0, nth: 0 }
}

function byHash(a: Entry, b: Entry): number {
  return a.hash - b.hash || a.index - b.index
}

/** Each text once. */
function textsOf({ identity, also }: NewItem): Iterable<string> {
  return also === undefined ? [identity] : new Set([identity, ...also])
}

/** In the order of the call: what is left out is no reason to leave others out. */
function duplicatesIn(items: readonly NewItem[], stored: ReadonlySet<string>): ReadonlySet<number> {
  const known = new Set(stored)
  const duplicates = new Set<number>()
  items.forEach((item, index) => {
    const texts = [...textsOf(item)]
    if (texts.some((text) => known.has(text))) duplicates.add(index)
    else for (const text of texts) known.add(text)
  })
  return duplicates
}

interface Registering {
  readonly entries: readonly Entry[]
  /** Whether the item with this `seq`, which shares the hash, is known by this very text. */
  readonly isIt: (seq: number, identity: string) => boolean
}

/** Returns those that the job has already. As long as no hash is met, several are registered by one statement. */
function* registerAll(db: Connection, job: number, { entries, isIt }: Registering): Steps<readonly Entry[]> {
  const known: Entry[] = []
  let at = 0
  while (at + SEVERAL <= entries.length && registerSeveral(db, job, entries.slice(at, at + SEVERAL))) {
    at += SEVERAL
    yield
  }
  yield* forEachInSteps(entries.slice(at), (entry) => {
    if (!register(db, job, entry, isIt)) known.push(entry)
  })
  return known
}

function registerSeveral(db: Connection, job: number, entries: readonly Entry[]): boolean {
  return insertSeveral(db, INSERT_SEVERAL, [job, ...entries.flatMap(({ hash, seq }) => [hash, seq])])
}

/** True when the identity is new to the job. */
function register(db: Connection, job: number, entry: Entry, isIt: Registering['isIt']): boolean {
  if (db.run(INSERT, job, entry.hash, 0, entry.seq) > 0) return true
  const sharing = seqsSharing(db, job, entry.hash)
  if (sharing.some((seq) => isIt(seq, entry.identity))) return false
  entry.nth = sharing.length
  return db.run(INSERT, job, entry.hash, entry.nth, entry.seq) > 0
}

function isStored(db: Connection, job: number, { hash, identity }: Pick<Entry, 'hash' | 'identity'>): boolean {
  return seqsSharing(db, job, hash).some((seq) => storedTexts(db, job, seq).includes(identity))
}

function seqsSharing(db: Connection, job: number, hash: number): readonly number[] {
  return db.rows<[seq: number]>(SHARING, job, hash).map(([seq]) => seq)
}

/** By which an item that is in is known: its identity first. */
function storedTexts(db: Connection, job: number, seq: number): readonly string[] {
  const row = db.row<[identity: ColumnText, also: string | null]>(TEXTS, job, seq)
  if (row === undefined) return []
  const [identity, also] = row
  return also === null ? [fromColumn(identity)] : [fromColumn(identity), ...(JSON.parse(also) as string[])]
}

/** Until the duplicates were known, each identity had the `seq` of its place in the call. */
function* closeGaps(
  db: Connection,
  { job, items, next }: RegisterParams,
  { entries, duplicates }: { readonly entries: readonly Entry[]; readonly duplicates: ReadonlySet<number> },
): Steps<void> {
  const seqs = allotSeqs(items, next, duplicates)
  yield* forEachInSteps(entries, ({ index, seq: before, hash, nth }) => {
    const seq = seqs[index]
    if (seq !== undefined && seq !== before && !duplicates.has(index)) db.run(MOVE, seq, job, hash, nth)
  })
}

const INSERT = ({ identities }: Tables) =>
  `insert into ${identities} (job, hash, nth, seq) values (?, ?, ?, ?) on conflict (job, hash, nth) do nothing`
const INSERT_SEVERAL = ({ identities }: Tables) => `
  insert into ${identities} (job, nth, hash, seq) select ?, 0, several.column1, several.column2 from ${severalRows(2)}`
const SHARING = ({ identities }: Tables) => `select seq from ${identities} where job = ? and hash = ?`
const TEXTS = ({ items }: Tables) => `select identity, also from ${items} where job = ? and seq = ?`
const MOVE = ({ identities }: Tables) => `update ${identities} set seq = ? where job = ? and hash = ? and nth = ?`
