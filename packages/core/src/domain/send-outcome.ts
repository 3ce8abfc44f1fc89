import type { SendOutcome } from '../channel/outcome.js'
import { thrownReason } from '../model/thrown-reason.js'
import { cleanCode, cleanText } from './foreign-text.js'
import { quoted } from './quoted.js'

/**
 * What a provider answered, made fit to be stored: a provider is the host's code, or speaks for a server that is nobody's.
 * An answer that is no outcome at all, or that throws when it is read, counts as `unknown`. Never throws.
 */
export function readOutcome(answer: unknown): SendOutcome {
  try {
    return outcomeIn(answer)
  } catch (error) {
    return brokenContract(`the provider's answer could not be read: ${thrownReason(error)}`)
  }
}

/** A provider that threw: nobody knows how far it got. Never throws. */
export function outcomeOfThrow(error: unknown): SendOutcome {
  return { type: 'unknown', code: 'PROVIDER_THREW', reason: thrownReason(error) }
}

function outcomeIn(answer: unknown): SendOutcome {
  if (typeof answer !== 'object' || answer === null) return noOutcome(describe(answer))
  const { type, code, reason, receipt, retryAfterMs, scope } = answer as Record<string, unknown>
  const told = { code: cleanCode(code), reason: cleanText(reason) }
  switch (type) {
    case 'sent':
      return { type, receipt: cleanText(receipt) }
    case 'rejected':
      return { type, code: told.code ?? 'REJECTED', reason: told.reason ?? 'no reason given' }
    case 'retryable':
      return {
        type,
        ...told,
        retryAfterMs: cleanDelay(retryAfterMs),
        scope: scope === 'provider' ? 'provider' : 'item',
      }
    case 'unknown':
      return { type, ...told }
    default:
      return noOutcome(Array.isArray(answer) ? 'a list' : `an object whose type is ${describe(type)}`)
  }
}

function noOutcome(instead: string): SendOutcome {
  return brokenContract(`the provider answered ${instead}, which is no outcome`)
}

function brokenContract(reason: string): SendOutcome {
  return { type: 'unknown', code: 'PROVIDER_CONTRACT', reason: cleanText(reason) }
}

function describe(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  return value === null || typeof value === 'boolean' || typeof value === 'number' ? String(value) : typeof value
}

const MAX_DELAY_MS = 7 * 24 * 3_600_000

function cleanDelay(delayMs: unknown): number | undefined {
  return typeof delayMs === 'number' && delayMs >= 0 ? Math.min(Math.ceil(delayMs), MAX_DELAY_MS) : undefined
}
