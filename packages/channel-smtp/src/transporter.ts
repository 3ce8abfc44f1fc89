import type { Readable } from 'node:stream'

/** What is used of a nodemailer transporter. */
export interface Transporter {
  sendMail(mail: OutgoingMail): Promise<unknown>
  verify?(): Promise<unknown>
  use?(step: string, plugin: (mail: MailInTransit, done: (error?: Error | null) => void) => void): unknown
}

/** A message as nodemailer takes it (its types want arrays that may be changed); nothing in it is left for nodemailer to parse. */
export interface OutgoingMail {
  readonly envelope: { readonly from: MailAddress; readonly to: [MailAddress] }
  readonly from: MailAddress
  readonly to: MailAddress
  readonly replyTo?: MailAddress[] | undefined
  readonly messageId: string
  readonly subject?: string | undefined
  readonly text?: string | undefined
  readonly html?: string | undefined
  readonly headers: { [name: string]: string | string[] }
  readonly attachments: MailAttachment[]
  readonly disableFileAccess: true
  readonly disableUrlAccess: true
  /** Aborted to take the message back while it waits; transporters that don't know it finish the message. */
  readonly signal?: AbortSignal | undefined
}

export interface MailAddress {
  readonly name: string
  readonly address: string
}

export interface MailAttachment {
  readonly content: string | Buffer
  readonly filename?: string | undefined
  readonly contentType?: string | undefined
  readonly encoding?: string | undefined
  readonly cid?: string | undefined
  readonly contentDisposition?: 'attachment' | 'inline' | undefined
}

/** What nodemailer tells its plugins about a message: the data it was given, and the message built from it. */
export interface MailInTransit {
  readonly data: object
  readonly message: { createReadStream(options?: object): Readable }
}
