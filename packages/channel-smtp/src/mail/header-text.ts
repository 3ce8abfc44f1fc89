import { Refused } from './refused.js'

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u0008\u000A-\u001F\u007F]/

/**
 * A text that goes into a header: trimmed, and free of line breaks, which would start a header of their own. A template may well
 * begin or end with some, so those at the ends are no reason to refuse it.
 */
export function headerText(text: string, field: string): string {
  const trimmed = text.trim()
  if (CONTROL.test(trimmed)) throw new Refused('INVALID_HEADER', `${field} contains a line break or control character`)
  return trimmed
}
