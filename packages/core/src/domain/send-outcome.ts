import type { SendOutcome } from '../channel/outcome.js'

const MAX_CODE = 64
const MAX_TEXT = 500

/**
 * What a provider answered, made fit to be stored: a provider is the host's code, or speaks for a server that is nobody's.
 * An answer that is no outcome at all counts as `unknown`.
 */
export function readOutcome(answer: unknown): SendOutcome {
  if (typeof answer !== 'object' || answer === null || !('type' in answer)) return noOutcome(answer)
  const { code, reason, receipt, retryAfterMs, scope } = answer as Record<string, unknown>
  const told = { code: cleanCode(code), reason: cleanText(reason) }
  switch (answer.type) {
    case 'sent':
      return { type: 'sent', receipt: cleanText(receipt) }
    case 'rejected':
      return { type: 'rejected', code: told.code ?? 'REJECTED', reason: told.reason ?? 'no reason given' }
    case 'retryable':
      return {
        type: 'retryable',
        ...told,
        retryAfterMs: cleanDelay(retryAfterMs),
        scope: scope === 'provider' ? 'provider' : 'item',
      }
    case 'unknown':
      return { type: 'unknown', ...told }
    default:
      return noOutcome(answer)
  }
}

/** A provider that threw: nobody knows how far it got. */
export function outcomeOfThrow(error: unknown): SendOutcome {
  const reason = error instanceof Error ? error.message : String(error)
  return { type: 'unknown', code: 'PROVIDER_THREW', reason: cleanText(reason) }
}

function noOutcome(answer: unknown): SendOutcome {
  return {
    type: 'unknown',
    code: 'PROVIDER_CONTRACT',
    reason: `the provider answered ${typeof answer}, not an outcome`,
  }
}

function cleanCode(code: unknown): string | undefined {
  if (typeof code !== 'string' && typeof code !== 'number') return undefined
  return (
    String(code)
      .replace(/[^\w.:-]+/g, '_')
      .slice(0, MAX_CODE) || undefined
  )
}

function cleanText(text: unknown): string | undefined {
  if (typeof text !== 'string' && typeof text !== 'number') return undefined
  return (
    String(text)
      .slice(0, MAX_TEXT)
      .toWellFormed()
      .replace(/\p{Cc}+/gu, ' ')
      .trim() || undefined
  )
}

const MAX_DELAY_MS = 7 * 24 * 3_600_000

function cleanDelay(delayMs: unknown): number | undefined {
  return typeof delayMs === 'number' && delayMs >= 0 ? Math.min(Math.ceil(delayMs), MAX_DELAY_MS) : undefined
}
