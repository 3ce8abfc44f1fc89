import { z } from 'zod'
import { dataBagSchema } from './data-bag.js'

// The messages go on where the field's name stops: "to.email must be text".
const text = z.string({ error: 'must be text' })
const identifier = z.union([text, z.number()], { error: 'must be text or a number' })

/**
 * Who to send to, inside an ingested user. Further keys are kept and reach templates and providers.
 * `phone_number`, `member_id` and the rest are spelled as the wire APIs spell them.
 */
export const addresseeSchema = z.looseObject(
  {
    user_id: identifier.optional(),
    member_id: identifier.optional(),
    email: text.optional(),
    phone_number: identifier.optional(),
    msisdn: identifier.optional(),
    push: text.optional(),
    app_token: text.optional(),
    locale: text.optional(),
    data: dataBagSchema.optional(),
  },
  { error: 'must be an object' },
)

/** One entry of an ingest: every field is optional, and what a later step needs is asked for there. */
export const ingestUserSchema = z.looseObject({
  recipient: identifier.optional(),
  profile: dataBagSchema.optional(),
  data: dataBagSchema.optional(),
  preferences: dataBagSchema.optional(),
  to: addresseeSchema.optional(),
})

export type Addressee = z.infer<typeof addresseeSchema>
export type IngestUser = z.infer<typeof ingestUserSchema>

/** Where addresses of a recipient may stand. */
export interface AddressBook {
  readonly to?: Addressee | undefined
  readonly profile?: Readonly<Record<string, unknown>> | undefined
}
