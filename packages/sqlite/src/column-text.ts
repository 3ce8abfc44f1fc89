/// <reference lib="es2024.string" />

/** A text as it is stored: see {@link toColumn}. */
export type ColumnText = string | Uint8Array

/**
 * A text on its way into a column. SQLite keeps UTF-8, in which lone surrogates all become the same replacement character,
 * and some readers stop at NUL: such a text goes in as the bytes of its UTF-16, which compare exactly, and equal no text.
 */
export function toColumn(text: string): ColumnText {
  return text.isWellFormed() && !text.includes('\0') ? text : Buffer.from(text, 'utf16le')
}

export function fromColumn(value: ColumnText): string {
  if (typeof value === 'string') return value
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf16le')
}

export function toNullable(text: string | undefined): ColumnText | null {
  return text === undefined ? null : toColumn(text)
}

export function fromNullable(value: ColumnText | null): string | undefined {
  return value === null ? undefined : fromColumn(value)
}
