import { headerText } from './header-text.js'
import { Refused } from './refused.js'

/** Printable ASCII without the colon: RFC 5322. */
const NAME = /^[!-9;-~]+$/
/** Headers that say whom a message is from and for, and how it is put together: those are made here. */
const RESERVED =
  /^(?:to|cc|bcc|from|reply-to|subject|message-id|mime-version|return-path|received|dkim-signature|content-.*|resent-.*)$/i

/** Headers as nodemailer takes them. Of names that differ only in case, the later one wins. */
export type Headers = { [name: string]: string | string[] }

export function mergeHeaders(...sets: readonly Headers[]): Headers {
  const byName = new Map<string, readonly [string, string | string[]]>()
  for (const set of sets) for (const [name, value] of Object.entries(set)) byName.set(name.toLowerCase(), [name, value])
  return Object.fromEntries(byName.values())
}

/** Reads `headers` of a message: an object of texts, numbers, or lists of them. */
export function readHeaders(input: unknown): Headers {
  if (input === undefined || input === null) return {}
  if (typeof input !== 'object' || Array.isArray(input))
    throw new Refused('INVALID_HEADER', 'headers must be an object')
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [checkedName(name), readValue(value, name)]))
}

function checkedName(name: string): string {
  if (!NAME.test(name)) throw new Refused('INVALID_HEADER', `${JSON.stringify(name)} is no header name`)
  if (RESERVED.test(name)) throw new Refused('INVALID_HEADER', `headers can't set ${name}`)
  return name
}

function readValue(value: unknown, name: string): string | string[] {
  return Array.isArray(value) ? value.map((entry) => readText(entry, name)) : readText(value, name)
}

function readText(value: unknown, name: string): string {
  if (typeof value === 'string') return headerText(value, `header ${name}`)
  if (typeof value === 'number') return String(value)
  throw new Refused('INVALID_HEADER', `header ${name} must be a text, a number or a list of them`)
}
