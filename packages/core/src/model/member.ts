import * as z from 'zod'
import { dataBagSchema } from './data-bag.js'
import { deliveryOptionsShape } from './delivery-options.js'

const text = z.string({ error: 'must be text' })
const identifier = z.union([text, z.number()], { error: 'must be text or a number' })

const memberShape = {
  /** The host's own key; a recipient's `member_id` and the member's `id` are the same person. */
  id: z.union([text.trim().min(1), z.number()], { error: 'must be a text or a number' }),
  email: text.nullish(),
  /** Phone number for `sms`. */
  msisdn: identifier.nullish(),
  /** Another name for `msisdn`, which comes after it. */
  phone_number: identifier.nullish(),
  push: text.nullish(),
  /** Another name for `push`, which comes before it. */
  app_token: text.nullish(),
  /** Merge data; over the sending's. */
  properties: dataBagSchema.nullish(),
  /** What the host's consent hook is asked with. */
  preferences: dataBagSchema.nullish(),
  /** Goes before the sending's. */
  channelsPreference: deliveryOptionsShape.channelsPreference.nullable(),
  /** An IANA name. Where it is missing or unknown, the engine's zone counts. */
  timeZone: text.nullish(),
  locale: text.nullish(),
}

/** Fields of a member that are no addresses. */
const NO_ADDRESSES = ['id', 'properties', 'preferences', 'channelsPreference', 'timeZone', 'locale'] as const

/**
 * Somebody whom the host's `AudienceSource` knows. Further keys are addresses on channels of the host's own: `{ whatsapp: '4740769126' }`.
 * A field that is `null` is missing.
 */
export const memberSchema = z.looseObject(memberShape).superRefine((member, context) => {
  for (const [key, value] of Object.entries(member)) {
    if (Object.hasOwn(memberShape, key) || identifier.nullish().safeParse(value).success) continue
    context.addIssue({ code: 'custom', path: [key], message: 'is not known, nor an address in text or number' })
  }
})

export type Member = z.infer<typeof memberSchema>

/** True for a key under which a member has, or could have, an address. */
export function isAddressKey(key: string): boolean {
  return !(NO_ADDRESSES as readonly string[]).includes(key)
}
