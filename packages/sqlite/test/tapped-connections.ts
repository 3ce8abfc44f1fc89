import { type Interruption, StatementTap, type Work } from '@broadside/storage-testkit'
import Database from 'better-sqlite3'

/** How a statement fails that is interrupted. */
export type Failure = 'SQLITE_IOERR' | 'SQLITE_FULL' | 'SQLITE_BUSY'

/** Connections, and what is to be done with those that the tests have an eye on. */
interface Tapped {
  readonly tap: StatementTap
  readonly failure: Failure
}
const TAPPED_FILES = new Map<string, Tapped>()
const TAPPED_HANDLES = new WeakMap<object, Tapped>()

/** Taps every connection to a file from now on, those that a storage opens by itself included. */
export function tapFile(file: string, failure: Failure): StatementTap {
  const tap = new StatementTap()
  TAPPED_FILES.set(file, { tap, failure })
  return tap
}

/** Taps one connection. */
export function tapHandle(handle: Database.Database, failure: Failure): StatementTap {
  const tap = new StatementTap()
  TAPPED_HANDLES.set(handle, { tap, failure })
  return tap
}

function tappedOf(handle: Database.Database): Tapped | undefined {
  return TAPPED_HANDLES.get(handle) ?? TAPPED_FILES.get(handle.name)
}

const { prepare, exec } = Database.prototype

/** A storage that is given a path opens connections of its own, so what is tapped is the driver. */
Object.assign(Database.prototype, {
  prepare(this: Database.Database, sql: string): unknown {
    const tapped = tappedOf(this)
    if (!tapped) return prepare.call(this, sql)
    const visits = rowVisits(this)
    const statement = prepare.call(this, visits.countedIn(sql))
    return tappedStatement({ ...tapped, handle: this, sql, statement, visits })
  },
  exec(this: Database.Database, sql: string): unknown {
    const tapped = tappedOf(this)
    const run = () => exec.call(this, sql)
    // In memory there is nothing that a rollback could fail at, and no other connection to go on with if it did.
    if (!tapped || (sql === 'rollback' && this.memory)) return run()
    // What met a lock has not been committed: an answer gets lost in other ways.
    const codeOf = (of: Interruption['of']) => (of === 'statement' ? tapped.failure : 'SQLITE_IOERR')
    return tapped.tap.pass({ run, fail: (of) => failing(this, codeOf(of)), commits: sql === 'commit' })
  },
})

/** As SQLite does: when the disk is full it rolls the transaction back by itself. */
function failing(handle: Database.Database, code: Failure): never {
  if (code === 'SQLITE_FULL' && handle.inTransaction) exec.call(handle, 'rollback')
  throw new Database.SqliteError('interrupted', code)
}

interface TappedStatementParams extends Tapped {
  readonly handle: Database.Database
  readonly sql: string
  readonly statement: Database.Statement<unknown[]>
  readonly visits: RowVisits
}

/** The members that the storage uses. */
function tappedStatement({ tap, failure, handle, sql, statement, visits }: TappedStatementParams) {
  const pass = <T>(run: () => T, workOf: (result: T) => Partial<Work>): T =>
    tap.pass<T>({ run, fail: () => failing(handle, failure), workOf: (result) => workOf(result as T) })
  const read = (rows: number) => ({ rowsRead: Math.max(rows, visits.take()) })
  const counterUpdates = /^\s*update \w+_jobs set received/.test(sql) ? 1 : 0
  const { reader } = statement
  return {
    reader,
    raw: (on: boolean) => statement.raw(on),
    safeIntegers: (on: boolean) => statement.safeIntegers(on),
    get: (...params: unknown[]) =>
      pass(
        () => statement.get(...params),
        (row) => read(row === undefined ? 0 : 1),
      ),
    all: (...params: unknown[]) =>
      pass(
        () => statement.all(...params),
        (rows) => read(rows.length),
      ),
    run: (...params: unknown[]) =>
      pass(
        () => statement.run(...params),
        ({ changes }) => ({ ...read(0), rowsWritten: changes, counterUpdates }),
      ),
  }
}

/** How many rows a statement went through: a function in its condition is called for each, and lets it pass. */
class RowVisits {
  #count = 0

  constructor(handle: Database.Database) {
    handle.function('visited', { deterministic: false }, () => {
      this.#count += 1
      return 1
    })
  }

  /** What counts is the first condition: that of the table that the statement goes through. */
  countedIn(sql: string): string {
    return /^\s*(select|update|delete)\b/.test(sql) ? sql.replace(/\bwhere\b/, 'where visited() and') : sql
  }

  take(): number {
    const count = this.#count
    this.#count = 0
    return count
  }
}

const VISITS = new WeakMap<object, RowVisits>()

function rowVisits(handle: Database.Database): RowVisits {
  const visits = VISITS.get(handle) ?? new RowVisits(handle)
  VISITS.set(handle, visits)
  return visits
}
