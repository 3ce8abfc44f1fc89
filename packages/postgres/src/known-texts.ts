import { fromColumn } from './column-text.js'
import type { Session, Sql } from './session.js'

/** Texts by which items of a job are known, of the hashes that were asked for. */
export class KnownTexts {
  readonly #texts = new Set<string>()
  readonly #counts = new Map<bigint, number>()

  has(text: string): boolean {
    return this.#texts.has(text)
  }

  /** Returns the number that tells it apart from those that share its hash. */
  add(text: string, hash: bigint): number {
    const nth = this.#counts.get(hash) ?? 0
    this.#texts.add(text)
    this.#counts.set(hash, nth + 1)
    return nth
  }
}

/** Identities that have one of the hashes. */
export async function readIdentities(session: Session, job: string, hashes: readonly bigint[]): Promise<KnownTexts> {
  return (await readKnown(session, IDENTITIES, { job, hashes })).identities
}

/** Identities and further texts that have one of the hashes. */
export async function readTexts(session: Session, job: string, hashes: readonly bigint[]) {
  return readKnown(session, (s) => `${IDENTITIES(s)} union all ${FURTHER_TEXTS(s)}`, { job, hashes })
}

interface ReadParams {
  readonly job: string
  readonly hashes: readonly bigint[]
}

async function readKnown(session: Session, sql: Sql, { job, hashes }: ReadParams) {
  const known = { identities: new KnownTexts(), further: new KnownTexts() }
  if (hashes.length === 0) return known
  const distinct = [...new Set(hashes)].map((hash) => hash.toString())
  const rows = await session.rows<[isFurther: string, hash: string, text: string]>(sql, job, distinct)
  for (const [isFurther, hash, text] of rows) {
    known[isFurther === 't' ? 'further' : 'identities'].add(fromColumn(text), BigInt(hash))
  }
  return known
}

/** Asked for in this way, there is one index that can answer: by the job alone the planner would take the other, where it thinks the job small. */
const IDENTITIES: Sql = (s) => `
  select false, wanted.hash, sharing.identity from unnest($2::bigint[]) as wanted (hash) cross join lateral (
    select identity from ${s}.items
    where (identity_hash, job, nth) >= (wanted.hash, $1::bigint, 0::smallint)
      and (identity_hash, job, nth) <= (wanted.hash, $1::bigint, 32767::smallint)
    offset 0
  ) as sharing`
const FURTHER_TEXTS: Sql = (s) => `
  select true, wanted.hash, sharing.text from unnest($2::bigint[]) as wanted (hash) cross join lateral (
    select text from ${s}.further_texts where job = $1 and hash = wanted.hash offset 0
  ) as sharing`
