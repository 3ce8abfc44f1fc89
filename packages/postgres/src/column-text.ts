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

/** Stands between the texts of a list; it is in none of them. */
const SEPARATOR = '\x1f'

/**
 * Texts as one parameter, for {@link textsIn}: next to nothing has to be done for each of them. Nearly every list is sent as it is; in one where a text has
 * what Postgres can't hold, or the separator, those are written as their numbers.
 */
export function toColumns(texts: readonly string[]): string {
  const joined = texts.join(SEPARATOR)
  if (toColumn(joined) === joined && countOf(SEPARATOR, joined) === texts.length - 1) return joined
  return texts.map((text) => toColumn(text).replaceAll(SEPARATOR, `${MARK}001f`)).join(SEPARATOR)
}

/** The texts of such a parameter, in SQL. It is no list of none. */
export function textsIn(parameter: string): string {
  return `case when ${parameter}::text = '' then array[''] else string_to_array(${parameter}::text, E'\\x1f') end`
}

function countOf(part: string, text: string): number {
  let count = 0
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) count += 1
  return count
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
