import type { Interruption, StatementTap, Work } from '@broadside/storage-testkit'
import { type LevelDatabase, levelDatabase, type Write } from '../src/level-database.js'

/** A LevelDB whose calls pass a tap: each counts as one statement, and a batch is a commit. */
export function tappedDatabase(path: string, tap: StatementTap): LevelDatabase {
  const db = levelDatabase(path)
  const read = <Rows extends readonly unknown[]>(run: () => Promise<Rows>) =>
    tap.pass({ run, fail, workOf: (rows) => ({ rowsRead: rows.length }) })
  return {
    open: () => db.open(),
    close: () => db.close(),
    getMany: (keys) => read(() => db.getMany(keys)),
    entries: (between) => read(() => db.entries(between)),
    keys: (between) => read(() => db.keys(between)),
    write: (writes) => tap.pass({ run: () => db.write(writes), fail, commits: true, workOf: () => workOf(writes) }),
  }
}

function workOf(writes: readonly Write[]): Partial<Work> {
  const counterUpdates = writes.filter(({ key }) => /^of!\d+!row$/.test(key)).length
  return { rowsWritten: writes.length, counterUpdates }
}

/** As LevelDB fails on a disk that is full. */
function fail(of: Interruption['of']): Promise<never> {
  return Promise.reject(Object.assign(new Error(`IO error: ${of} interrupted`), { code: 'LEVEL_IO_ERROR' }))
}
