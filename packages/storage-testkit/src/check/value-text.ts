import { type InspectOptions, inspect } from 'node:util'
import { START } from '../fixtures/instants.js'

/** A value as an author reads it: instants of the cases as `START + ms`. */
export function valueText(value: unknown, options: InspectOptions = {}): string {
  const text = inspect(value, { depth: 8, breakLength: 100, maxArrayLength: 40, maxStringLength: 400, ...options })
  return withInstants(text)
}

function withInstants(text: string): string {
  return text.replace(/\b1[67]\d{11}\b/g, (digits) => {
    const ms = Number(digits) - START
    return ms === 0 ? 'START' : `START ${ms < 0 ? '-' : '+'} ${Math.abs(ms)}`
  })
}
