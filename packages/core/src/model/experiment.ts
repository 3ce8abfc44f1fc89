import * as z from 'zod'
import { relativeTextSchema } from './schedule.js'
import { sendingMessageSchema } from './sending-message.js'

const name = z.string().trim().min(1).max(255)

export const variantSchema = z.strictObject({
  name,
  /** Its share, in proportion to the weights of the others. */
  weight: z.number().positive().max(1_000_000).default(1),
  headers: sendingMessageSchema.shape.headers,
  content: sendingMessageSchema.shape.content,
})

const variants = z
  .array(variantSchema)
  .min(2, { error: 'needs at least two variants' })
  .refine(hasDistinctNames, { error: 'must have names that differ' })

/** Everybody gets one of the variants. */
export const splitExperimentSchema = z.strictObject({ name, strategy: z.literal('split'), variants })

/** A test group gets the variants; what does best there goes to all others. */
export const championExperimentSchema = z.strictObject({
  name,
  strategy: z.literal('split-with-champion'),
  variants,
  /** Size of the test group as a share of the recipients, between 0 and 1. */
  testShare: z.number().gt(0).lt(1),
  champion: z.strictObject({
    /** A person picks it, or the host's function does. */
    pickedBy: z.enum(['hand', 'function']).default('hand'),
    /** When, counted from the due instant of the test group, such as `4 hours`. By hand, it may be left out: whenever it is picked. */
    after: relativeTextSchema.optional(),
  }),
})

export const experimentSchema = z
  .discriminatedUnion('strategy', [splitExperimentSchema, championExperimentSchema], {
    error: (issue) =>
      issue.code === 'invalid_union' ? 'strategy must be "split" or "split-with-champion"' : undefined,
  })
  .refine((experiment) => experiment.strategy === 'split' || hasTimeToPick(experiment.champion), {
    error: 'must be given for a champion that a function picks',
    path: ['champion', 'after'],
  })

/** The experiments of one sending: names differ, and all follow one strategy. */
export const experimentsSchema = z
  .array(experimentSchema)
  .refine(hasDistinctNames, { error: 'must have names that differ' })
  .refine((experiments) => new Set(experiments.map(({ strategy }) => strategy)).size <= 1, {
    error: 'must all have the same strategy',
  })

function hasDistinctNames(named: readonly { readonly name: string }[]): boolean {
  return new Set(named.map((one) => one.name)).size === named.length
}

function hasTimeToPick(champion: {
  readonly pickedBy: 'hand' | 'function'
  readonly after?: string | undefined
}): boolean {
  return champion.pickedBy === 'hand' || champion.after !== undefined
}

export type Variant = z.infer<typeof variantSchema>
export type Experiment = z.infer<typeof experimentSchema>
