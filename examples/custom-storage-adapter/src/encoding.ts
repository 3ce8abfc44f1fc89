/** A whole number or instant as text that sorts as numbers do. A fraction counts as the next whole one; `Infinity` as the last. */
export const num = (value: number): string =>
  String(Math.min(Math.max(0, Math.ceil(value)), Number.MAX_SAFE_INTEGER)).padStart(16, '0')

/** Any text, lone surrogates included, as text without NUL that is never the start of another. */
export const exact = (text: string): string => JSON.stringify(text)

/** Any text as text that sorts by its UTF-16 units. */
export const ordered = (text: string): string => Buffer.from(text, 'utf16le').swap16().toString('hex')
