import * as z from 'zod'
import { parseAbsolute } from '../domain/absolute-schedule.js'
import { parseRelative } from '../domain/relative-schedule.js'
import { isBroadsideError } from './error.js'

/** A text that `parse` reads without throwing; what it throws becomes the issue, so that input and engine say the same. */
function textReadBy(parse: (text: string) => unknown) {
  return z.string().superRefine((text, context) => {
    try {
      parse(text)
    } catch (error) {
      if (!isBroadsideError(error)) throw error
      context.addIssue({ code: 'custom', message: error.message })
    }
  })
}

const dateSchema = z.date()

/** What the schema takes, or a `Date`: that is kept as text, and one that is no date is refused as the text would be. */
export function orDate<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((given: z.input<Schema> | z.input<typeof dateSchema>) => {
    const date = dateSchema.safeParse(given)
    if (date.success) return date.data.toISOString()
    return Object.prototype.toString.call(given) === '[object Date]' ? String(given) : given
  }, schema)
}

/** A time from now, such as `2 days`: see `parseRelative`. */
export const relativeTextSchema = textReadBy(parseRelative)

/** A date and time, such as `2018-01-24T16:10:08Z`, or a `Date`; without an offset, one in the engine's zone: see `parseAbsolute`. */
export const absoluteTextSchema = orDate(textReadBy(parseAbsolute))

/** Items are built five minutes before they are due, so that they stand ready at the instant. */
const prescheduled = z.boolean().default(false)

export const immediateScheduleSchema = z.strictObject({ type: z.literal('immediate'), prescheduled })

export const absoluteScheduleSchema = z
  .strictObject({
    type: z.literal('absolute'),
    at: absoluteTextSchema,
    /** Everybody at that wall time in their own zone. */
    scheduleType: z.literal('contactTZ').optional(),
    /** What becomes of recipients in whose zone the time has passed when the sending is scheduled. Default `sendNow`. */
    pastPolicy: z.enum(['sendNow', 'skip', 'nextDay']).optional(),
    prescheduled,
  })
  .refine((schedule) => schedule.pastPolicy === undefined || schedule.scheduleType !== undefined, {
    error: 'only goes with scheduleType "contactTZ"',
    path: ['pastPolicy'],
  })

export const relativeScheduleSchema = z.strictObject({
  type: z.literal('relative'),
  in: relativeTextSchema,
  prescheduled,
})

/** When a sending goes out. `resolveSchedule` turns it into instants. */
export const scheduleSchema = z.discriminatedUnion('type', [
  immediateScheduleSchema,
  absoluteScheduleSchema,
  relativeScheduleSchema,
])

export type Schedule = z.infer<typeof scheduleSchema>
/** A schedule as the caller writes it. */
export type ScheduleInput = z.input<typeof scheduleSchema>
export type AbsoluteSchedule = z.infer<typeof absoluteScheduleSchema>
export type PastPolicy = NonNullable<AbsoluteSchedule['pastPolicy']>
