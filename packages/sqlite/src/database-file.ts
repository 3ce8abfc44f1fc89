import { prepare, type SqliteHandle } from './driver.js'

/** The file behind a connection's main database, symbolic links resolved; `undefined` for one in memory. */
export function fileOf(handle: SqliteHandle): string | undefined {
  const databases = prepare(handle, 'pragma database_list').all() as readonly { name: string; file: string | null }[]
  return databases.find(({ name }) => name === 'main')?.file || undefined
}
