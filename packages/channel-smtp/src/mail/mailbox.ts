import { domainToASCII } from 'node:url'
import type { MailboxInput } from '../options.js'
import type { MailAddress } from '../transporter.js'
import { headerText } from './header-text.js'
import { Refused } from './refused.js'

/** Dots anywhere: some providers have long given out addresses such as `a..b@` and `a.@`. */
const LOCAL_PART = /^(?:[\w.!#$%&'*+/=?^`{|}~-]|[^\p{ASCII}\p{C}\p{Z}])+$/u
const DOMAIN = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i
/** What a URL parser, and with it nodemailer, would take for an IPv4 address in an old spelling. */
const NUMERIC_END = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/i
const ADDRESS_LITERAL = /^\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[0-9a-f:.]+)\]$/i

/**
 * Exactly one address, never a list, with its domain in ASCII. Quoted local parts (`"a b"@example.com`) are not taken: nobody has them,
 * and they are how addresses are smuggled past parsers.
 */
export function plainAddress(text: string, field: string): string {
  const address = headerText(text, field)
  const at = address.lastIndexOf('@')
  const local = address.slice(0, Math.max(at, 0))
  const domain = asciiDomain(address.slice(at + 1))
  if (!LOCAL_PART.test(local) || Buffer.byteLength(local) > 64 || domain === undefined) {
    throw new Refused('INVALID_ADDRESS', `${field} is not one mail address`)
  }
  return `${local}@${domain}`
}

function asciiDomain(domain: string): string | undefined {
  if (ADDRESS_LITERAL.test(domain)) return domain
  const ascii = /^\p{ASCII}*$/u.test(domain) ? domain : domainToASCII(domain)
  return DOMAIN.test(ascii) && ascii.length <= 253 && !NUMERIC_END.test(ascii) ? ascii : undefined
}

/** Reads `address`, `name <address>`, or the two apart. The name is whatever stands before the bracket, commas included. */
export function mailbox(input: unknown, field: string): MailAddress {
  const { name, address } = parts(input, field)
  return { name: headerText(name, field), address: plainAddress(address, field) }
}

function parts(input: unknown, field: string): { readonly name: string; readonly address: string } {
  if (typeof input === 'string') return textParts(headerText(input, field))
  if (isMailbox(input)) return { name: input.name ?? '', address: input.address }
  throw new Refused('INVALID_ADDRESS', `${field} must be a text, or an object with address and name`)
}

function isMailbox(input: unknown): input is Exclude<MailboxInput, string> {
  if (typeof input !== 'object' || input === null || !('address' in input)) return false
  const name = 'name' in input ? input.name : undefined
  return typeof input.address === 'string' && (name === undefined || typeof name === 'string')
}

function textParts(text: string): { readonly name: string; readonly address: string } {
  const open = text.indexOf('<')
  if (open < 0 || !text.endsWith('>')) return { name: '', address: text }
  return { name: unquoted(text.slice(0, open).trim()), address: text.slice(open + 1, -1) }
}

function unquoted(name: string): string {
  return /^".*"$/.test(name) ? name.slice(1, -1).replace(/\\(.)/g, '$1') : name
}

/** Whether the server has to offer SMTPUTF8 for it. */
export function needsSmtpUtf8(address: string): boolean {
  return !/^\p{ASCII}*$/u.test(address)
}
