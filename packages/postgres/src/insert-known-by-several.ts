import type { NewItem } from '@broadside/core'
import { type FurtherText, furtherTextsInsert, noteFurtherTexts } from './further-texts.js'
import type { IdentityHash } from './identity-hash.js'
import type { Inserted, InsertParams } from './insert-items.js'
import { itemsInsert, type NewRow } from './item-insert.js'
import { readTexts } from './known-texts.js'
import { allotSeqs } from './places.js'
import type { Session } from './session.js'

/** Where items are known by several texts: all are looked for before any is stored, since an item that is left out holds none of them. */
export async function insertKnownBySeveral(session: Session, params: InsertParams): Promise<Inserted> {
  const { job, items, ends } = params
  const { stays, furtherTexts, duplicates } = await sift(session, params)
  const seqs = allotSeqs(items, ends, duplicates)
  const rows = stays.map(({ index, ...row }) => ({ ...row, seq: seqs[index] ?? Number.NaN }))
  await session.runTogether([...itemsInsert(job.key, rows), ...furtherTextsInsert(job.key, furtherTexts)])
  if (furtherTexts.length > 0 && !job.hasFurtherTexts) await noteFurtherTexts(session, job.key)
  return { seqs: rows.map(({ seq }) => seq).sort((a, b) => a - b), duplicates: [...duplicates] }
}

/** An item of the call, before it has its `seq`. */
interface Candidate extends Omit<NewRow, 'seq'> {
  readonly index: number
}

interface Sifted {
  readonly stays: readonly Candidate[]
  /** Of those that stay. */
  readonly furtherTexts: readonly FurtherText[]
  /** Indexes, ascending. */
  readonly duplicates: ReadonlySet<number>
}

/** Finds out which items stay, in the order of the call: what is left out is no reason to leave others out. */
async function sift(session: Session, { job, items, hash }: InsertParams): Promise<Sifted> {
  const hashOf = remembering(hash)
  const { identities, further } = await readTexts(session, job.key, items.flatMap(textsOf).map(hashOf))
  const [stays, furtherTexts, duplicates]: [Candidate[], FurtherText[], Set<number>] = [[], [], new Set()]
  for (const [index, item] of items.entries()) {
    const [identity = '', ...others] = textsOf(item)
    if ([identity, ...others].some((text) => identities.has(text) || further.has(text))) {
      duplicates.add(index)
      continue
    }
    stays.push({ index, item, hash: hashOf(identity), nth: identities.add(identity, hashOf(identity)) })
    for (const text of others) furtherTexts.push({ text, hash: hashOf(text), nth: further.add(text, hashOf(text)) })
  }
  return { stays, furtherTexts, duplicates }
}

/** Each once, its identity first. */
function textsOf({ identity, also = [] }: NewItem): readonly string[] {
  return [...new Set([identity, ...also])]
}

function remembering(hash: IdentityHash): IdentityHash {
  const hashes = new Map<string, bigint>()
  return (text) => {
    const known = hashes.get(text)
    if (known !== undefined) return known
    const made = hash(text)
    hashes.set(text, made)
    return made
  }
}
