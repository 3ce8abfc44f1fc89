import { z } from 'zod'

const bag = z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'must be an object',
)
const name = z.string().trim().min(1)

/**
 * What is sent, channel by channel. Strings are templates; other values are handed to the provider as they are.
 * Keys beyond the usual ones are allowed (a provider may know more than we do).
 */
export const contentSchema = z.looseObject({
  subject: z.string().optional(),
  text: z.string().optional(),
  html: z.string().optional(),
  title: z.string().optional(),
  body: z.string().optional(),
  from: z.string().optional(),
  replyTo: z.string().optional(),
})

/** Either one locale for everybody, or overriding content by locale, chosen by the recipient's own locale. */
export const localeSchema = z.union([name, z.record(name, contentSchema)])

export const routingSchema = z.strictObject({
  /** `single`: the first channel that works; the others are fallbacks. */
  method: z.literal('single', { error: 'must be "single": one channel an item, the others are fallbacks' }).optional(),
  channels: z.array(name).min(1).optional(),
})

export const messageSchema = z
  .strictObject({
    event: name.optional(),
    template: name.optional(),
    content: contentSchema.optional(),
    data: bag.optional(),
    brand: name.optional(),
    locale: localeSchema.optional(),
    /** Merged over the rendered message, for the channel or provider it names. */
    override: z.record(name, bag).optional(),
    routing: routingSchema.optional(),
    channels: z.array(name).min(1).optional(),
  })
  .refine((message) => message.event ?? message.template ?? message.content, {
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
