import { plainText } from '../model/plain-text.js'

const MAX_CODE = 64
const MAX_TEXT = 500

/** A code that a host's function or a server gave, made fit to be stored; `undefined` when there is none. */
export function cleanCode(code: unknown): string | undefined {
  return (
    textOf(code)
      ?.slice(0, MAX_CODE)
      .replace(/[^\w.:-]+/g, '_') || undefined
  )
}

/** What a host's function or a server said, made fit to be stored; `undefined` when it said nothing. */
export function cleanText(value: unknown): string | undefined {
  const text = textOf(value)
  return text === undefined ? undefined : plainText(text, MAX_TEXT) || undefined
}

/** Ids and codes come as numbers too, some of them beyond what a number holds exactly. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'bigint' || Number.isFinite(value) ? String(value) : undefined
}
