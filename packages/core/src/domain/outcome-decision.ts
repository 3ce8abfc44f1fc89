import type { SendOutcome } from '../channel/outcome.js'
import type { OnUncertain, RetryPolicy } from '../model/delivery-options.js'
import { ITEM_CODES } from '../model/item.js'
import type { Settlement } from '../storage/settlement.js'
import { retryDelayMs } from './retry-delay.js'
import { attemptsOn, formatTrail, type Trail, withAttempt } from './trail.js'

/** The item as it stood before the attempt, and the rules of its job. */
export interface DecisionContext {
  readonly seq: number
  readonly attempts: number
  readonly trail: Trail
  /** The channel of this attempt. */
  readonly channel: string
  /** Whether another channel is left after this one. */
  readonly hasFallback: boolean
  readonly policy: RetryPolicy
  readonly onUncertain: OnUncertain
  readonly now: number
  /** In [0, 1). */
  readonly random: number
  /** When a provider that takes nothing at present is to be asked again. */
  readonly providerBlockedUntil?: number | undefined
}

/** What becomes of an item after an attempt. The one place where that is decided. */
export function decideOutcome(outcome: SendOutcome, context: DecisionContext): Settlement {
  switch (outcome.type) {
    case 'sent':
      return {
        seq: context.seq,
        to: 'enqueued',
        attempts: context.attempts + 1,
        channel: context.channel,
        receipt: outcome.receipt,
      }
    case 'rejected':
      return failChannel(context, withAttempt(context.trail, context.channel), outcome.code, outcome.reason)
    case 'retryable':
      return isUncounted(outcome) ? defer(context) : retry(outcome, context)
    case 'unknown':
      return decideUnknown(context, { reason: describe(outcome), trail: context.trail })
  }
}

/**
 * What becomes of an item that had started when its process died. In a closed job nothing goes out any more, so nobody will find out:
 * it is `uncertain` whatever the job says.
 */
export function decideCrash(context: DecisionContext & { readonly isClosed: boolean }): Settlement {
  const reason = 'the process ended while it was being sent'
  const trail = { ...context.trail, crashes: context.trail.crashes + 1 }
  return context.isClosed ? hold(context, reason) : decideUnknown(context, { reason, trail, retryAt: context.now })
}

/** A rate-limit or a provider that is down says nothing about the item, and an attempt that never began is none. */
function isUncounted(outcome: SendOutcome & { type: 'retryable' }): boolean {
  return outcome.scope === 'provider' || outcome.code === 'ABORTED'
}

/** Nothing counts these, so nothing else would end them: a provider that gives them out for no reason is not asked in a tight loop. */
const UNCOUNTED_DELAY_MS = 1_000

function defer(context: DecisionContext): Settlement {
  return {
    seq: context.seq,
    to: 'pending',
    attempts: context.attempts,
    nextAttemptAt: context.providerBlockedUntil ?? context.now + UNCOUNTED_DELAY_MS,
    channel: context.channel,
    trail: formatTrail(context.trail),
  }
}

function retry(outcome: SendOutcome & { type: 'retryable' }, context: DecisionContext): Settlement {
  const trail = withAttempt(context.trail, context.channel)
  const attempts = attemptsOn(trail, context.channel)
  if (attempts >= context.policy.maxAttempts) {
    const reason = `attempt ${attempts} of ${context.policy.maxAttempts} failed: ${describe(outcome)}`
    return failChannel(context, trail, ITEM_CODES.attemptsExhausted, reason)
  }
  const delayMs = Math.max(outcome.retryAfterMs ?? 0, retryDelayMs(context.policy, attempts, context.random))
  return retryAt(context, trail, { at: context.now + delayMs, reason: describe(outcome) })
}

function decideUnknown(
  context: DecisionContext,
  cause: { readonly reason: string; readonly trail: Trail; readonly retryAt?: number },
): Settlement {
  if (context.onUncertain === 'hold') return hold(context, cause.reason)
  const trail = { ...withAttempt(cause.trail, context.channel), mayBeOut: true }
  const attempts = attemptsOn(trail, context.channel)
  if (attempts >= context.policy.maxAttempts) return fail(context, ITEM_CODES.outcomeUnknown, cause.reason)
  const at = cause.retryAt ?? context.now + retryDelayMs(context.policy, attempts, context.random)
  return retryAt(context, trail, { at, reason: cause.reason })
}

function retryAt(
  context: DecisionContext,
  trail: Trail,
  next: { readonly at: number; readonly reason: string },
): Settlement {
  return {
    seq: context.seq,
    to: 'pending',
    attempts: context.attempts + 1,
    nextAttemptAt: next.at,
    channel: context.channel,
    reason: next.reason,
    trail: formatTrail(trail),
  }
}

function failChannel(context: DecisionContext, trail: Trail, code: string, reason: string): Settlement {
  // On another channel it would reach the same person a second time, and no messageId could prevent it.
  if (trail.mayBeOut) return fail(context, code, `${reason}; an earlier attempt may have gone out`)
  if (!context.hasFallback) return fail(context, code, reason)
  const next = { ...trail, failed: [...trail.failed, context.channel] }
  return retryAt(context, next, { at: context.now, reason: `${context.channel}: ${code} ${reason}` })
}

function fail(context: DecisionContext, code: string, reason: string): Settlement {
  return { seq: context.seq, to: 'error', attempts: context.attempts + 1, channel: context.channel, code, reason }
}

function hold(context: DecisionContext, reason: string): Settlement {
  return {
    seq: context.seq,
    to: 'uncertain',
    attempts: context.attempts + 1,
    channel: context.channel,
    code: ITEM_CODES.outcomeUnknown,
    reason,
  }
}

function describe(outcome: { readonly code?: string | undefined; readonly reason?: string | undefined }): string {
  return [outcome.code, outcome.reason].filter((part) => part !== undefined).join(' ') || 'no reason given'
}
