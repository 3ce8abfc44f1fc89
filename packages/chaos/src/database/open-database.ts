import type { StorageKind } from '../plan.js'
import type { DatabaseUnderTest } from './database-under-test.js'
import { postgresAtUrl } from './postgres-at-url.js'
import { startPostgresServer } from './postgres-server.js'
import { sqliteFile } from './sqlite-file.js'

/** The database for a run on a storage of this kind. */
export async function openDatabase(
  kind: StorageKind,
  { directory, say }: { readonly directory: string; readonly say: (line: string) => void },
): Promise<DatabaseUnderTest> {
  if (kind === 'sqlite') return sqliteFile(directory)
  const url = process.env.DATABASE_URL
  if (!url) return startPostgresServer()
  say('  The server of DATABASE_URL is used: it is not restarted, which leaves that part of the proof out.')
  return postgresAtUrl(url)
}
