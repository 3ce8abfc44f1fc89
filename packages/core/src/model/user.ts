import { z } from 'zod'

const dataBag = z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'must be an object',
)

const identifier = z.union([z.string(), z.number()])

/**
 * Who to send to, inside an ingested user. Further keys are kept and reach templates and providers.
 * `phone_number`, `member_id` and the rest are spelled as the wire APIs spell them.
 */
export const addresseeSchema = z.looseObject({
  user_id: identifier.optional(),
  member_id: identifier.optional(),
  email: z.string().optional(),
  phone_number: identifier.optional(),
  msisdn: identifier.optional(),
  push: z.string().optional(),
  app_token: z.string().optional(),
  locale: z.string().optional(),
  data: dataBag.optional(),
})

/** One entry of an ingest: every field is optional, and what a later step needs is asked for there. */
export const ingestUserSchema = z.looseObject({
  recipient: identifier.optional(),
  profile: dataBag.optional(),
  data: dataBag.optional(),
  preferences: dataBag.optional(),
  to: addresseeSchema.optional(),
})

export type Addressee = z.infer<typeof addresseeSchema>
export type IngestUser = z.infer<typeof ingestUserSchema>

/** Where addresses of a recipient may stand. */
export interface AddressBook {
  readonly to?: Addressee | undefined
  readonly profile?: Readonly<Record<string, unknown>> | undefined
}
