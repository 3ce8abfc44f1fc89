import { BroadsideError } from '../model/error.js'

/** Cursors are opaque text to callers, so that what is in them can change. */
export function encodeCursor(parts: readonly (string | number)[]): string {
  return encodeURIComponent(JSON.stringify(parts))
}

/** @throws BroadsideError `CURSOR_INVALID` for text that no page handed out. */
export function decodeCursor(cursor: string, shape: readonly ('string' | 'number')[]): (string | number)[] {
  let parts: unknown
  try {
    parts = JSON.parse(decodeURIComponent(cursor))
  } catch {
    parts = undefined
  }
  if (Array.isArray(parts) && parts.length === shape.length && parts.every((part, i) => typeof part === shape[i]))
    return parts
  throw new BroadsideError(
    'CURSOR_INVALID',
    `The cursor ${JSON.stringify(cursor)} is not one that a page gave out. Start without a cursor.`,
  )
}
