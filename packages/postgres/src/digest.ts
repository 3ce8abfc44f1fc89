import { hash } from 'node:crypto'

/** What a text of any length is found by, where equal texts are all that counts: no two have the same one. */
export function digest(text: string): Buffer {
  // As UTF-16, in which halves of surrogate pairs stay what they are.
  return hash('sha256', Buffer.from(text, 'utf16le'), 'buffer')
}
