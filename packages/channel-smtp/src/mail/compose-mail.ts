import type { OutgoingMessage } from '@broadside/core'
import type { MailAddress, OutgoingMail } from '../transporter.js'
import { readAttachments } from './attachments.js'
import { headerText } from './header-text.js'
import { type Headers, mergeHeaders, readHeaders } from './headers.js'
import { mailbox, plainAddress } from './mailbox.js'
import { domainOf, messageIdHeader } from './message-id.js'
import { Refused } from './refused.js'

/** What the channel adds where a message says nothing. */
export interface MailDefaults {
  readonly from?: MailAddress | undefined
  readonly replyTo?: MailAddress | undefined
  readonly headers: Headers
  readonly messageIdDomain?: string | undefined
}

/** @throws Refused for a message that can't be sent as it is. */
export function composeMail({ address, content, messageId }: OutgoingMessage, defaults: MailDefaults): OutgoingMail {
  const to = { name: '', address: plainAddress(address, 'address') }
  const from = given(content.from) ? mailbox(content.from, 'from') : defaults.from
  if (!from) throw new Refused('NO_SENDER', 'neither the message nor the channel says whom it is from')
  for (const field of ['cc', 'bcc']) {
    if (given(content[field]))
      throw new Refused('INVALID_CONTENT', `${field} can't be set: each message goes to one recipient`)
  }
  return {
    envelope: { from: { name: '', address: from.address }, to: [to] },
    from,
    to,
    replyTo: answersTo(content.replyTo, defaults.replyTo),
    messageId: messageIdHeader(messageId, defaults.messageIdDomain ?? domainOf(from.address)),
    ...words(content),
    headers: mergeHeaders(defaults.headers, readHeaders(content.headers)),
    attachments: readAttachments(content.attachments),
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

function words(content: OutgoingMessage['content']): Pick<OutgoingMail, 'subject' | 'text' | 'html'> {
  const subject = optionalText(content, 'subject')
  const text = optionalText(content, 'text')
  const html = optionalText(content, 'html')
  if (!subject && !text && !html) throw new Refused('EMPTY_MESSAGE', 'has neither subject nor text nor html')
  return { subject: subject === undefined ? undefined : headerText(subject, 'subject'), text, html }
}

/** Only texts: nodemailer would take an object for a file or URL to read. */
function optionalText(content: OutgoingMessage['content'], field: string): string | undefined {
  const value = content[field]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw new Refused('INVALID_CONTENT', `${field} must be a text`)
  return value
}

function answersTo(input: unknown, fallback: MailAddress | undefined): MailAddress[] | undefined {
  if (!given(input)) return fallback && [fallback]
  return (Array.isArray(input) ? input : [input]).map((entry: unknown) => mailbox(entry, 'replyTo'))
}

function given(value: unknown): boolean {
  return value !== undefined && value !== null && !(typeof value === 'string' && value.trim() === '')
}
