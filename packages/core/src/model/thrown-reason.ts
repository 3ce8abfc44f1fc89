import { plainText } from './plain-text.js'

const MAX_LENGTH = 500

/** What was thrown, in words: plain text, never empty, of at most 500 characters. Itself it never throws, whatever it is given. */
export function thrownReason(thrown: unknown): string {
  try {
    return plainText(thrown instanceof Error ? wordsOf(thrown) : String(thrown), MAX_LENGTH) || 'no reason given'
  } catch {
    return `${typeof thrown === 'function' ? 'a function' : 'an object'} that cannot be read`
  }
}

/** Some errors of the platform, such as a refused connection to a host with several addresses, have a code and no message. */
function wordsOf(error: Error & { readonly code?: unknown }): string {
  return String(error.message || error.code || error.name)
}
