import type { Session, Sql } from './session.js'

/** Adds to the numbers of entries that ingest turned away, by code. Any text is a code, so they are counted in a Map. */
export async function addIngestErrors(
  session: Session,
  job: string,
  added: readonly (readonly [code: string, count: number])[],
): Promise<void> {
  const news = added.filter(([, count]) => count > 0)
  if (news.length === 0) return
  const [stored] = (await session.row<[string]>(READ, job)) ?? ['{}']
  const counts = new Map<string, number>(Object.entries(JSON.parse(stored)))
  for (const [code, count] of news) counts.set(code, (counts.get(code) ?? 0) + count)
  await session.run(WRITE, job, JSON.stringify(Object.fromEntries(counts)))
}

const READ: Sql = (s) => `select ingest_errors from ${s}.jobs where key = $1`
const WRITE: Sql = (s) => `update ${s}.jobs set ingest_errors = $2 where key = $1`
