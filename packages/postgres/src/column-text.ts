/// <reference lib="es2024.string" />

/** What a replaced character begins with in a column: a code point that Unicode assigns to no character. */
const MARK = '\ufffe'
/** What Postgres can't hold in a text, or holds only as the same replacement character; and the mark itself. */
const UNSTORABLE = new RegExp(`[\\0${MARK}\\p{Surrogate}]`, 'gu')
const REPLACED = new RegExp(`${MARK}([0-9a-f]{4})`, 'g')

/**
 * A text on its way into a column. Postgres refuses NUL, and lone surrogates would all become one replacement character:
 * those are written as their numbers, so that texts that differ stay different. Nearly every text is stored as it is.
 */
export function toColumn(text: string): string {
  if (text.isWellFormed() && !text.includes('\0') && !text.includes(MARK)) return text
  return text.replace(UNSTORABLE, (unit) => `${MARK}${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

export function fromColumn(value: string): string {
  if (!value.includes(MARK)) return value
  return value.replace(REPLACED, (_, number: string) => String.fromCharCode(Number.parseInt(number, 16)))
}

export function toNullable(text: string | undefined): string | null {
  return text === undefined ? null : toColumn(text)
}

export function fromNullable(value: string | null): string | undefined {
  return value === null ? undefined : fromColumn(value)
}
