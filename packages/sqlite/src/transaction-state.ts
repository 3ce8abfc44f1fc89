import type { SqliteHandle } from './driver.js'

/** Whether a transaction is open on a handle. Where the driver does not tell, a transaction can't be begun in another. */
export function isInTransaction(handle: SqliteHandle): boolean {
  const told = handle.inTransaction ?? handle.isTransaction
  if (told !== undefined) return told
  try {
    handle.exec('begin')
  } catch {
    return true
  }
  handle.exec('rollback')
  return false
}
