import * as z from 'zod'
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

const ingestUserShape = {
  recipient: identifier.optional(),
  profile: dataBagSchema.optional(),
  data: dataBagSchema.optional(),
  preferences: dataBagSchema.optional(),
  to: addresseeSchema.optional(),
}

/** Fields of `to` that would be nobody's address where a user has them by mistake: beside `to`, not in it. */
const BELONG_INTO_TO = ['email', 'phone_number', 'msisdn', 'push', 'app_token', 'user_id', 'member_id'] as const

/** One entry of an ingest: every field is optional, and what a later step needs is asked for there. Further fields are kept. */
export const ingestUserSchema = z.looseObject(ingestUserShape).superRefine((user, context) => {
  for (const field of BELONG_INTO_TO) {
    if (!Object.hasOwn(user, field)) continue
    context.addIssue({ code: 'custom', path: [field], message: `is not read there: write { to: { ${field}: … } }` })
  }
})

export type Addressee = z.infer<typeof addresseeSchema>
/** As {@link ingestUserSchema}; further fields have to be declared, so that a misspelt one is found. */
export type IngestUser = z.infer<z.ZodObject<typeof ingestUserShape>>

/** Where addresses of a recipient may stand. */
export interface AddressBook {
  readonly to?: Addressee | undefined
  readonly profile?: Readonly<Record<string, unknown>> | undefined
}
