const CODE_NAMES: Readonly<Record<number, string>> = {
  5: 'SQLITE_BUSY',
  6: 'SQLITE_LOCKED',
  8: 'SQLITE_READONLY',
  10: 'SQLITE_IOERR',
  11: 'SQLITE_CORRUPT',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
  18: 'SQLITE_TOOBIG',
  19: 'SQLITE_CONSTRAINT',
  26: 'SQLITE_NOTADB',
}

/**
 * SQLite's own code of an error, such as `SQLITE_BUSY`, possibly extended, such as `SQLITE_IOERR_FSYNC`; `undefined` when
 * the error is not SQLite's. better-sqlite3 has it as `code`; node:sqlite as a number in `errcode`.
 */
export function sqliteCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  if (error.code === 'ERR_SQLITE_ERROR') return CODE_NAMES[primaryCode(error)] ?? 'SQLITE_ERROR'
  return typeof error.code === 'string' && error.code.startsWith('SQLITE_') ? error.code : undefined
}

function primaryCode(error: Error): number {
  return 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : 1
}

/** Another connection holds a lock that this one needs, or the host is in a transaction on the handle we share with it. */
export function isBusy(error: unknown): boolean {
  const code = sqliteCodeOf(error)
  if (code === undefined) return false
  return code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED') || isNested(error)
}

/** A row stands in the way of one that was to be inserted; nothing of that statement has happened. */
export function isConstraint(error: unknown): boolean {
  return sqliteCodeOf(error)?.startsWith('SQLITE_CONSTRAINT') ?? false
}

function isNested(error: unknown): boolean {
  return error instanceof Error && error.message.includes('cannot start a transaction within a transaction')
}
