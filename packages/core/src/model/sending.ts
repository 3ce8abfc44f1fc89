import * as z from 'zod'
import { unreachableRecipients } from '../domain/recipient-reach.js'
import { audienceSchema } from './audience.js'
import type { Counters } from './counters.js'
import { dataBagSchema } from './data-bag.js'
import { deliveryOptionsShape } from './delivery-options.js'
import { experimentsSchema } from './experiment.js'
import { recipientSchema } from './recipient.js'
import { absoluteTextSchema, orDate, relativeTextSchema, scheduleSchema } from './schedule.js'
import { sendingMessageSchema } from './sending-message.js'
import type { PausableStatus, SendingStatus } from './sending-status.js'

const name = z.string().trim().min(1).max(255)

/** A check by an outside service before the sending goes out; the host's pre-flight port runs it. */
export const preflightTestSchema = z.strictObject({ type: name, enabled: z.boolean().default(false) })

/** When a sending must be finished: a date and time, or so long after the instant at which its last items are due. */
export const deadlineSchema = orDate(
  z.union([absoluteTextSchema, z.strictObject({ after: relativeTextSchema })], {
    error: 'must be a date and time such as "2018-01-24T16:10:08Z", or { after: "20 minutes" }',
  }),
)

/** A sending as it is defined: what, to whom and when. */
export const sendingDefinitionSchema = z
  .strictObject({
    ...deliveryOptionsShape,
    channel: name.optional(),
    channels: z.array(name).min(1).optional(),
    message: sendingMessageSchema.refine((message) => message.event ?? message.template ?? message.content, {
      error: 'needs one of event, template or content',
    }),
    audience: audienceSchema.optional(),
    recipients: z.array(recipientSchema).optional(),
    /** Goes to those of that other sending, by its id, who did not get it; instead of an audience or recipients. */
    unreachedOf: name.optional(),
    schedule: scheduleSchema.optional(),
    /** Stays a draft although it has a schedule. */
    draft: z.boolean().default(false),
    /** Merge data for all. */
    properties: dataBagSchema.optional(),
    /** Handed to the provider and to the host's link-rewriting hook. */
    trackLinks: z.boolean().default(true),
    experiments: experimentsSchema.optional(),
    tests: z.array(preflightTestSchema).optional(),
    deadline: deadlineSchema.optional(),
    /** Fails after so long without progress while an engine is at it; `null`: never. */
    failAfter: relativeTextSchema
      .refine((text) => !/^0+ /.test(text), { error: 'must be longer than no time at all; null is never' })
      .nullable()
      .default('20 minutes'),
    /** What to do when no process was up at the due instant: send as soon as one is, or fail. */
    onMissed: z.enum(['send', 'fail']).default('send'),
    /** Whether resume reads the audience again and adds newcomers. */
    onResume: z.enum(['continue', 'reresolve']).default('continue'),
    /** What set it off: `manual`, `api`, `event`, `recurring`, or the host's own word. */
    sendtrigger: name.optional(),
  })
  .refine((sending) => !(sending.channel && sending.channels), {
    error: 'give either channel or channels, not both',
    path: ['channels'],
  })
  .refine((sending) => sending.unreachedOf === undefined || !(sending.audience ?? sending.recipients), {
    error: 'goes instead of audience and recipients, not with them',
    path: ['unreachedOf'],
  })
  .superRefine((sending, context) => {
    for (const index of unreachableRecipients(sending)) {
      context.addIssue({
        code: 'custom',
        path: ['recipients', index],
        message: `has no address for any of the channels (${(sending.channels ?? [sending.channel]).join(', ')})`,
      })
    }
  })

/** A sending's definition with its defaults filled in. */
export type SendingDefinition = z.infer<typeof sendingDefinitionSchema>
/** A sending's definition as the caller writes it. */
export type SendingInput = z.input<typeof sendingDefinitionSchema>
export type Deadline = z.infer<typeof deadlineSchema>

/** A sending as the public API shows it. Instants are in ms since the epoch. */
export interface SendingInfo {
  readonly id: string
  readonly status: SendingStatus
  /** Where resume goes back to; only while `paused`. */
  readonly pausedFrom?: PausableStatus | undefined
  readonly name?: string | undefined
  readonly tags: readonly string[]
  readonly priority: number
  readonly definition: SendingDefinition
  /** The job that carries its items; from `preparing` on. */
  readonly jobId?: string | undefined
  /** Of its job. */
  readonly counters?: Counters | undefined
  /**
   * Recipients that there is no item for, counted by why: `INVALID_ADDRESS`, `INVALID_USER`, `PAST_IN_ZONE`, `DUPLICATE_USER` (somebody met
   * again, in the audience or when it was read again).
   */
  readonly leftOut?: Readonly<Record<string, number>> | undefined
  /** When its schedule was resolved; from `scheduled` or `pending` on. */
  readonly scheduledAt?: number | undefined
  /** When its first items can go out; set together with `scheduledAt`. */
  readonly dueAt?: number | undefined
  readonly createdAt: number
  /** When preparing began. */
  readonly startedAt?: number | undefined
  readonly finishedAt?: number | undefined
  /** Why it failed. */
  readonly reason?: string | undefined
}

/** How far a sending has come. */
export interface SendingProgress {
  readonly sendingId: string
  readonly status: SendingStatus
  /** Of its job, once there is one. */
  readonly counters?: Counters | undefined
  /** Open items covered by a live lease. */
  readonly inFlight: number
  /** True for the last one of a watch: it has ended, and nothing is in flight. */
  readonly isFinal: boolean
}
