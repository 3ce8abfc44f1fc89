import type { MailAttachment } from '../transporter.js'
import { headerText } from './header-text.js'
import { Refused } from './refused.js'

const KEYS = new Set(['content', 'filename', 'contentType', 'encoding', 'cid', 'contentDisposition'])
const CONTENT_TYPE = /^[\w.+-]+\/[\w.+-]+(?:\s*;.*)?$/

/**
 * Reads `attachments` of a message. Their content stands in the message itself: nodemailer could read files and fetch URLs, and what
 * may be written in a template must not.
 */
export function readAttachments(input: unknown): MailAttachment[] {
  if (input === undefined || input === null) return []
  if (!Array.isArray(input)) throw new Refused('INVALID_ATTACHMENT', 'attachments must be a list')
  return input.map((entry: unknown, index) => readAttachment(entry, `attachments[${index}]`))
}

function readAttachment(input: unknown, field: string): MailAttachment {
  if (typeof input !== 'object' || input === null) throw new Refused('INVALID_ATTACHMENT', `${field} must be an object`)
  const given = new Map<string, unknown>(Object.entries(input))
  const unknown = [...given.keys()].find((key) => !KEYS.has(key))
  if (unknown !== undefined) throw new Refused('INVALID_ATTACHMENT', `${field} can't have ${unknown}`)
  return {
    content: content(given.get('content'), field),
    filename: text(given, 'filename', field),
    contentType: contentType(text(given, 'contentType', field), field),
    encoding: encoding(text(given, 'encoding', field), field),
    cid: text(given, 'cid', field),
    contentDisposition: disposition(text(given, 'contentDisposition', field), field),
  }
}

function content(value: unknown, field: string): string | Buffer {
  if (typeof value === 'string') return value
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  throw new Refused('INVALID_ATTACHMENT', `${field} needs its content: a text, or bytes`)
}

function text(given: ReadonlyMap<string, unknown>, key: string, field: string): string | undefined {
  const value = given.get(key)
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw new Refused('INVALID_ATTACHMENT', `${field}.${key} must be a text`)
  return headerText(value, `${field}.${key}`)
}

function contentType(value: string | undefined, field: string): string | undefined {
  if (value === undefined || CONTENT_TYPE.test(value)) return value
  throw new Refused('INVALID_ATTACHMENT', `${field}.contentType must be such as application/pdf`)
}

function encoding(value: string | undefined, field: string): string | undefined {
  if (value === undefined || Buffer.isEncoding(value)) return value
  throw new Refused('INVALID_ATTACHMENT', `${field}.encoding must be base64, hex or utf8`)
}

function disposition(value: string | undefined, field: string): 'attachment' | 'inline' | undefined {
  if (value === undefined || value === 'attachment' || value === 'inline') return value
  throw new Refused('INVALID_ATTACHMENT', `${field}.contentDisposition must be attachment or inline`)
}
