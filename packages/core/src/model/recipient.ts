import * as z from 'zod'
import { dataBagSchema } from './data-bag.js'
import { deliveryOptionsShape } from './delivery-options.js'

const text = z.string().trim().min(1)
const address = z.union([text, z.number()], { error: 'must be a text or a number' })

const addressShape = {
  /** With it, the member's own addresses and properties are used, and the other addresses here are not. */
  member_id: address.optional(),
  email: text.optional(),
  /** Phone number for `sms`. */
  msisdn: address.optional(),
  push: text.optional(),
  /** Another name for `push`. */
  app_token: text.optional(),
}

const choiceShape = {
  /** Merge data; over a member's own properties and the sending's. */
  properties: dataBagSchema.optional(),
  /** Goes before the sending's. */
  channelsPreference: deliveryOptionsShape.channelsPreference,
  /** An IANA name. Where it is missing or unknown, the engine's zone counts. */
  timeZone: z.string().optional(),
  locale: z.string().optional(),
}

/** What merge data is called elsewhere, on the users of a job for one. */
const PROPERTIES_ELSEWHERE = new Set(['data', 'profile', 'variables', 'mergeData', 'attributes'])

/**
 * Somebody a sending goes to, given inline: a member of the host's, or anybody who has an address. Further keys are addresses on
 * channels of the host's own: `{ whatsapp: '4740769126' }`.
 */
export const recipientSchema = z.looseObject({ ...addressShape, ...choiceShape }).superRefine((recipient, context) => {
  const given = Object.entries(recipient).filter(
    ([key, value]) => value !== undefined && !Object.hasOwn(choiceShape, key),
  )
  if (given.length === 0) {
    context.addIssue({ code: 'custom', message: 'needs a member_id or an address, such as email, msisdn or push' })
  }
  for (const [key, value] of given) {
    if (Object.hasOwn(addressShape, key) || address.safeParse(value).success) continue
    const meant = typeof value === 'object' && PROPERTIES_ELSEWHERE.has(key)
    const message = meant ? 'is not known; did you mean properties?' : 'is not known, nor an address in text or number'
    context.addIssue({ code: 'custom', path: [key], message })
  }
})

export type Recipient = z.infer<typeof recipientSchema>
/** A recipient as the caller writes it. */
export type RecipientInput = z.input<typeof recipientSchema>
