import { BroadsideError } from '../model/error.js'
import { quoted } from './quoted.js'

/** Cursors are opaque text to callers, so that what is in them can change. */
export function encodeCursor(parts: readonly (string | number)[]): string {
  return encodeURIComponent(JSON.stringify(parts))
}

/** @throws BroadsideError `CURSOR_INVALID` for text that no page handed out. */
export function decodeCursor(cursor: string, shape: readonly ('string' | 'number')[]): (string | number)[] {
  const parts = partsOf(cursor)
  if (parts.length === shape.length && parts.every((part, i) => typeof part === shape[i] && isPart(part)))
    return parts.filter(isPart)
  throw new BroadsideError(
    'CURSOR_INVALID',
    `The cursor ${quoted(cursor)} is not one that a page gave out. Start without a cursor.`,
  )
}

/** JSON has no infinity, but `1e999` reads as one. */
function isPart(part: unknown): part is string | number {
  return typeof part === 'string' || Number.isFinite(part)
}

function partsOf(cursor: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(decodeURIComponent(cursor))
    return Array.isArray(parts) ? parts : []
  } catch {
    return []
  }
}
