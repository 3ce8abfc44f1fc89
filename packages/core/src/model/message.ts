import * as z from 'zod'
import { nameSchema } from './name.js'
import { storedBagSchema, storedJsonSchema } from './stored-json.js'

/**
 * What is sent, channel by channel. Strings are templates; other values are handed to the provider as they are.
 * Keys beyond the usual ones are allowed (a provider may know more than we do).
 */
export const contentSchema = z
  .object({
    subject: z.string().optional(),
    text: z.string().optional(),
    html: z.string().optional(),
    title: z.string().optional(),
    body: z.string().optional(),
    from: z.string().optional(),
    replyTo: z.string().optional(),
  })
  .catchall(storedJsonSchema)

/** Either one locale for everybody, or overriding content by locale, chosen by the recipient's own locale. */
export const localeSchema = z.union([nameSchema, z.record(nameSchema, contentSchema)], {
  error: 'must be a locale such as "en_US", or content by locale such as { nb: { subject: "Hei" } }',
})

export const routingSchema = z.strictObject({
  /** `single`: the first channel that works; the others are fallbacks. */
  method: z.literal('single', { error: 'must be "single": one channel an item, the others are fallbacks' }).optional(),
  channels: z.array(nameSchema).min(1).optional(),
})

export const messageSchema = z
  .strictObject({
    event: nameSchema.optional(),
    template: nameSchema.optional(),
    content: contentSchema.optional(),
    data: storedBagSchema.optional(),
    brand: nameSchema.optional(),
    locale: localeSchema.optional(),
    /** Merged over the rendered message, for the channel or provider it names. */
    override: z.record(nameSchema, storedBagSchema).optional(),
    routing: routingSchema.optional(),
    channels: z.array(nameSchema).min(1).optional(),
  })
  .refine(({ event, template, content }) => [event, template, content].some((one) => one !== undefined), {
    error: 'needs one of event, template or content',
  })
  .refine((message) => !(message.routing?.channels && message.channels), {
    error: 'give either channels or routing.channels, not both',
    path: ['channels'],
  })

export type Content = z.infer<typeof contentSchema>
export type Message = z.infer<typeof messageSchema>
/** A message as the caller writes it. */
export type MessageInput = z.input<typeof messageSchema>
