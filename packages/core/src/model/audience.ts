import * as z from 'zod'

const name = z.string().trim().min(1).max(255)
const id = z.union([name, z.int()], { error: 'must be a text or a whole number' })

/** One condition on a member, spelled as the MPC document spells it. What operators there are is the `AudienceSource`'s affair. */
export const conditionSchema = z.strictObject({
  /** Where the field belongs, such as `member_properties`. */
  condition_group: name.optional(),
  field: name,
  operator: name,
  /** Absent for operators that need none, such as `exists`. */
  value: z.json().optional(),
})

/** A saved audience, by its id or its name. */
export const audienceReferenceSchema = z
  .strictObject({ type: z.literal('reference'), id: id.optional(), name: name.optional() })
  .refine((audience) => (audience.id === undefined) !== (audience.name === undefined), {
    error: 'needs an id or a name, and not both',
  })

/** Members that meet every condition; or, as the MPC document also writes it, a saved audience by its id. */
export const audienceInlineSchema = z
  .strictObject({
    type: z.literal('inline'),
    id: id.optional(),
    conditions: z.array(conditionSchema).min(1).optional(),
  })
  .refine((audience) => (audience.id === undefined) !== (audience.conditions === undefined), {
    error: 'needs conditions or an id, and not both',
  })

/** Everybody the `AudienceSource` knows. */
export const audienceAllSchema = z.strictObject({ type: z.literal('all') })

const audienceRuleSchema = z.discriminatedUnion('type', [
  audienceReferenceSchema,
  audienceInlineSchema,
  audienceAllSchema,
])

/** Members of at least one of `include` and of none of `exclude`. */
export const audienceRulesSchema = z.strictObject({
  type: z.literal('rules'),
  include: z.array(audienceRuleSchema).min(1, { error: 'must not be empty: say who is meant, or use { type: "all" }' }),
  exclude: z.array(audienceRuleSchema).default([]),
})

/** Which members a sending goes to; the host's `AudienceSource` resolves it. */
export const audienceSchema = z.discriminatedUnion('type', [
  audienceReferenceSchema,
  audienceInlineSchema,
  audienceAllSchema,
  audienceRulesSchema,
])

export type Condition = z.infer<typeof conditionSchema>
export type Audience = z.infer<typeof audienceSchema>
/** An audience as the caller writes it. */
export type AudienceInput = z.input<typeof audienceSchema>
