import { BroadsideError, isBroadsideError } from '@broadside/core'
import { isBusy, sqliteCodeOf } from './sqlite-error.js'

const ADVICE: readonly (readonly [prefix: string, advice: string])[] = [
  ['SQLITE_FULL', 'the disk is full, or the database has reached its size limit: free some space and call again'],
  ['SQLITE_IOERR', 'reading or writing the file failed: check the disk and the file system, then call again'],
  ['SQLITE_CORRUPT', 'the file is damaged: stop, and restore it from a backup or with `sqlite3 file .recover`'],
  ['SQLITE_NOTADB', 'the file is not a SQLite database, or it is encrypted: check the path'],
  ['SQLITE_READONLY', 'the file can be read only: give this process write access to it and to its directory'],
  [
    'SQLITE_CANTOPEN',
    'the file can not be opened: check that its directory exists and that this process may write there',
  ],
  ['SQLITE_TOOBIG', 'a text is longer than SQLite allows: make the payload smaller'],
]

/**
 * An error of SQLite's as a `STORAGE_FAILED` that says what to do; any other error as it is (a `decide` that throws keeps
 * its own). What failed has been rolled back.
 */
export function asStorageFailure(error: unknown, path: string): unknown {
  const code = sqliteCodeOf(error)
  if (code === undefined) return error
  const reason = isBusy(error)
    ? busyAdvice()
    : (adviceFor(code) ?? 'the statement failed, which may be a defect of ours')
  return new BroadsideError('STORAGE_FAILED', `SQLite storage ${path}: ${reason} (${code}). Nothing was changed.`, {
    cause: error,
  })
}

/** As {@link asStorageFailure}, but a driver's own errors are storage failures too. */
export function asOpenFailure(error: unknown, path: string): unknown {
  const failure = asStorageFailure(error, path)
  if (failure !== error || isBroadsideError(error) || !(error instanceof Error)) return failure
  return new BroadsideError('STORAGE_FAILED', `SQLite storage ${path} could not be opened: ${error.message}.`, {
    cause: error,
  })
}

function adviceFor(code: string): string | undefined {
  return ADVICE.find(([prefix]) => code.startsWith(prefix))?.[1]
}

function busyAdvice(): string {
  return (
    'the database stayed locked for as long as we wait. Something holds it: a transaction that the host left open, another ' +
    'process that writes, a backup, or a database browser. End it, or wait longer with the option busyLimitMs'
  )
}
