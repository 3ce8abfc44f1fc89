import { z } from 'zod'
import { dataBagSchema } from './data-bag.js'
import { deliveryOptionsShape } from './delivery-options.js'

const address = z.union([z.string().trim().min(1), z.number()], { error: 'must be a text or a number' })

/**
 * Somebody a sending goes to, given inline: a member of the host's, or anybody who has an address. Further keys are addresses on
 * channels of the host's own: `{ whatsapp: '4740769126' }`.
 */
export const recipientSchema = z
  .object({
    /** With it, the member's own addresses and properties are used, and the other addresses here are not. */
    member_id: address.optional(),
    email: z.string().trim().min(1).optional(),
    /** Phone number for `sms`. */
    msisdn: address.optional(),
    push: z.string().trim().min(1).optional(),
    /** Another name for `push`. */
    app_token: z.string().trim().min(1).optional(),
    /** Merge data; over a member's own properties and the sending's. */
    properties: dataBagSchema.optional(),
    /** Goes before the sending's. */
    channelsPreference: deliveryOptionsShape.channelsPreference,
    /** An IANA name. Where it is missing or unknown, the engine's zone counts. */
    timeZone: z.string().optional(),
    locale: z.string().optional(),
  })
  .catchall(address)
  .refine((recipient) => hasAddress(recipient), {
    error: 'needs a member_id or an address, such as email, msisdn or push',
  })

const NOT_ADDRESSES = new Set(['properties', 'channelsPreference', 'timeZone', 'locale'])

function hasAddress(recipient: object): boolean {
  return Object.entries(recipient).some(([key, value]) => value !== undefined && !NOT_ADDRESSES.has(key))
}

export type Recipient = z.infer<typeof recipientSchema>
/** A recipient as the caller writes it. */
export type RecipientInput = z.input<typeof recipientSchema>
