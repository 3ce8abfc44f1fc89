import type { Connection } from './connection.js'
import type { Tables } from './tables.js'

/** Adds to the numbers of entries that ingest turned away, by code. Any text is a code, so they are counted in a Map. */
export function addIngestErrors(
  db: Connection,
  job: number,
  added: readonly (readonly [code: string, count: number])[],
): void {
  const news = added.filter(([, count]) => count > 0)
  if (news.length === 0) return
  const [stored] = db.row<[string]>(READ, job) ?? ['{}']
  const counts = new Map<string, number>(Object.entries(JSON.parse(stored)))
  for (const [code, count] of news) counts.set(code, (counts.get(code) ?? 0) + count)
  db.run(WRITE, JSON.stringify(Object.fromEntries(counts)), job)
}

const READ = ({ jobs }: Tables) => `select ingest_errors from ${jobs} where key = ?`
const WRITE = ({ jobs }: Tables) => `update ${jobs} set ingest_errors = ? where key = ?`
