import { AssertionError } from 'node:assert'
import type { Failure } from '../report/conformance-report.js'
import { checkedCode } from './checked-code.js'
import { differenceOf } from './difference-of.js'
import { valueText } from './value-text.js'

/** What a case rejected with, as data. */
export function failureOf(error: unknown): Failure {
  if (isAssertion(error))
    return { kind: 'differs', ...comparison(error), code: checkedCode(error.stack), stack: error.stack }
  if (error instanceof Error) return { kind: 'threw', message: summary(error), stack: stackOf(error) }
  return { kind: 'threw', message: `something that is not an Error: ${text(error)}` }
}

/** By its code: the runner's `assert` may be another copy. */
function isAssertion(error: unknown): error is AssertionError {
  return error instanceof AssertionError || (error as { code?: unknown } | null)?.code === 'ERR_ASSERTION'
}

function comparison(error: AssertionError): Omit<Failure, 'kind'> {
  const { message, expected, actual, generatedMessage, operator = '' } = error
  // Newer versions of Node add their own comparison to a message that was given.
  const [said = ''] = generatedMessage ? [] : message.split(/\n\n|\n\+ actual - expected/)
  if (!/equal$/i.test(operator)) return { message: said || message }
  if (operator.startsWith('not'))
    return { message: said, expected: `anything but ${text(expected)}`, seen: text(actual) }
  return { message: said, expected: text(expected), seen: text(actual), difference: differenceOf(expected, actual) }
}

function text(value: unknown): string {
  return valueText(value, { sorted: true })
}

function summary(error: Error): string {
  const { code } = error as { code?: unknown }
  const named = typeof code === 'string' && !error.message.includes(code) ? `${error.name} ${code}` : error.name
  return `${named}: ${error.message}`
}

/** With what caused it, as adapters wrap the failures of their drivers. */
function stackOf(error: Error): string {
  const own = error.stack ?? summary(error)
  return error.cause instanceof Error ? `${own}\ncaused by: ${stackOf(error.cause)}` : own
}
