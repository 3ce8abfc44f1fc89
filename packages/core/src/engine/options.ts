import * as z from 'zod'
import type { AudienceSource } from '../audience/audience-source.js'
import type { ConsentHook } from '../audience/consent-hook.js'
import type { LinkRewriter } from '../audience/link-rewriter.js'
import type { Preflight } from '../audience/preflight.js'
import type { ChannelProvider } from '../channel/provider.js'
import { parseInput } from '../domain/input.js'
import { isZone } from '../domain/zone.js'
import type { ContentSource } from '../render/content-source.js'
import type { Renderer } from '../render/renderer.js'
import type { Storage } from '../storage/storage.js'
import type { ChampionPicker } from './champion-picker.js'
import type { Clock } from './clock.js'
import type { Ids } from './ids.js'

/** What an engine is made of. Only `storage` is needed; without providers it can define and fill jobs, not send them. */
export interface BroadsideOptions {
  readonly storage: Storage
  /** What carries messages. The first of a channel is its default; a job's `transport` names another. */
  readonly providers?: readonly ChannelProvider[] | undefined
  /** Needed as soon as content has template syntax. */
  readonly renderer?: Renderer | undefined
  /** Resolves `event` and `template` references when a job is run. */
  readonly contentSource?: ContentSource | undefined
  /** IANA name of the zone in which wall times, months and years are meant. Default `UTC`. */
  readonly zone?: string | undefined
  /** Resolves the audiences of sendings, and recipients that are given by `member_id`. */
  readonly audienceSource?: AudienceSource | undefined
  /** Says whether a recipient may be sent to on a channel. Without it, everybody may. */
  readonly consent?: ConsentHook | undefined
  /** `false` forbids `transactional` messages by `sms`. Default true. */
  readonly transactionalSms?: boolean | undefined
  /** Runs the `tests` of sendings. Without it, a sending with enabled tests is refused. */
  readonly preflight?: Preflight | undefined
  /** Rewrites the links of messages whose sending has `trackLinks`. */
  readonly rewriteLinks?: LinkRewriter | undefined
  /** Picks the champions of experiments whose champion is `pickedBy: 'function'`. */
  readonly pickChampion?: ChampionPicker | undefined
  /** `false`: this engine only writes, others on the same storage send. Default true. */
  readonly dispatch?: boolean | undefined
  readonly clock?: Clock | undefined
  readonly ids?: Ids | undefined
  /** A number in [0, 1). Default `Math.random`. */
  readonly random?: (() => number) | undefined
  readonly tuning?: Tuning | undefined
}

const ms = z.int().min(1)

const tuningSchema = z.strictObject({
  leaseMs: ms.default(30_000),
  sendTimeoutMs: ms.default(120_000),
  closeTimeoutMs: z.int().min(0).default(30_000),
  idempotencyKeepMs: ms.default(24 * 3_600_000),
  progressIntervalMs: ms.default(200),
  pollMs: ms.default(1_000),
  settleDelayMs: ms.default(20),
  maxClaim: z.int().min(1).max(10_000).default(1_000),
  maxInFlight: z.int().min(1).default(4_000),
})

/** Times and sizes. The defaults suit nearly everybody. */
export interface Tuning {
  /** How long a claim holds without a sign of life, in ms. Extended at a third. Default 30,000. */
  readonly leaseMs?: number | undefined
  /** A provider that has not answered by then is of unknown outcome, in ms. Default 120,000. */
  readonly sendTimeoutMs?: number | undefined
  /** How long `close` lets what is in flight finish, in ms. Default 30,000. */
  readonly closeTimeoutMs?: number | undefined
  /** How long the answers of idempotency keys are kept, in ms. Default 24 hours. */
  readonly idempotencyKeepMs?: number | undefined
  /** At most one progress a job in this time, in ms. Default 200. */
  readonly progressIntervalMs?: number | undefined
  /** How often to look where other processes may have changed something, in ms. Used with shared, durable storages only. Default 1,000. */
  readonly pollMs?: number | undefined
  /** How long outcomes wait for company before they are stored together, in ms. Default 20. */
  readonly settleDelayMs?: number | undefined
  /** The most items of one lease. Default 1,000. */
  readonly maxClaim?: number | undefined
  /** The most items under lease at once, over all jobs. Default 4,000. */
  readonly maxInFlight?: number | undefined
}

/** Tuning with its defaults filled in. */
export type ResolvedTuning = z.infer<typeof tuningSchema>

const withMethod = (method: string) =>
  z.custom<object>(
    (value) => typeof value === 'object' && value !== null && typeof Reflect.get(value, method) === 'function',
    `must have ${method}()`,
  )

const isFunction = z.custom((value) => typeof value === 'function', 'must be a function')

const optionsSchema = z.strictObject({
  storage: withMethod('open'),
  providers: z.array(z.unknown()).optional(),
  renderer: withMethod('compile').optional(),
  contentSource: withMethod('resolve').optional(),
  zone: z.string().refine(isZone, 'must be an IANA zone such as "Europe/Oslo"').optional(),
  audienceSource: withMethod('resolve').optional(),
  consent: isFunction.optional(),
  transactionalSms: z.boolean().optional(),
  preflight: withMethod('check').optional(),
  rewriteLinks: isFunction.optional(),
  pickChampion: isFunction.optional(),
  dispatch: z.boolean().optional(),
  clock: withMethod('now').optional(),
  ids: withMethod('jobId').optional(),
  random: isFunction.optional(),
  tuning: z.unknown().optional(),
})

/** @throws BroadsideError `INVALID_INPUT` for an option that is not one, or is of the wrong kind. */
export function checkOptions(options: BroadsideOptions): void {
  parseInput(optionsSchema, options, 'The options of createBroadside')
}

export { tuningSchema }
