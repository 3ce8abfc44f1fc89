import type { Storage } from '@broadside/core'
import { postgresStorage } from '@broadside/postgres'
import { sqliteStorage } from '@broadside/sqlite'

/** Where the storage under test is. */
export type StorageLocation =
  | { readonly kind: 'sqlite'; readonly file: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly schema: string }

const POOL_SIZE = 4

/** The storage for one process. In Postgres its connections bear the process' name, so that they can be terminated. */
export function openStorage(location: StorageLocation, boot: string): Storage {
  if (location.kind === 'sqlite') return sqliteStorage(location.file, { shared: true })
  const url = new URL(location.url)
  url.searchParams.set('application_name', boot)
  return postgresStorage(url.href, { schema: location.schema, poolSize: POOL_SIZE })
}
