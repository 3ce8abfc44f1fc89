import * as z from 'zod'
import { dataBagSchema } from './data-bag.js'
import type { DataBag } from './json.js'
import { thrownReason } from './thrown-reason.js'

/**
 * Any value that JSON can hold, taken as its JSON says. So what is checked is what is stored: getters, `toJSON` and later changes to
 * the object make no difference, and keys such as `__proto__` stay plain data.
 */
export const storedJsonSchema = z.unknown().transform(takeJson)

/** Named values that JSON can hold, taken as their JSON says. */
export const storedBagSchema = dataBagSchema
  .transform((bag, context) => takeJson(bag, context) as DataBag)
  .pipe(dataBagSchema)

function takeJson(value: unknown, context: z.RefinementCtx): unknown {
  if (value === undefined) return undefined
  try {
    return JSON.parse(JSON.stringify(value))
  } catch (error) {
    context.addIssue({ code: 'custom', message: `is not JSON, so it cannot be stored: ${reasonOf(value, error)}` })
    return z.NEVER
  }
}

function reasonOf(value: unknown, error: unknown): string {
  return typeof value === 'object' ? thrownReason(error) : `it is a ${typeof value}`
}
