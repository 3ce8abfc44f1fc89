import * as z from 'zod'
import { messageSchema } from './message.js'

/** Said of the sending as a whole; each is a template. */
export const headersSchema = z.strictObject({
  subject: z.string().optional(),
  fromEmail: z.string().optional(),
  /** The sender in words, shown beside `fromEmail`. */
  fromDesc: z.string().optional(),
  replyEmail: z.string().optional(),
})

const { event, template, data, brand, locale, override } = messageSchema.shape

/** What a sending sends: headers and content of its own, or a reference that the host's `ContentSource` resolves. */
export const sendingMessageSchema = z.strictObject({
  headers: headersSchema.optional(),
  /** By type: a MIME type such as `text/html`, or a field of a job's content such as `title`. Strings are templates. */
  content: z.record(z.string().trim().min(1), z.json()).optional(),
  event,
  template,
  data,
  brand,
  locale,
  override,
})

export type SendingHeaders = z.infer<typeof headersSchema>
export type SendingMessage = z.infer<typeof sendingMessageSchema>
