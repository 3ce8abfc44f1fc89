import type { z } from 'zod'
import { BroadsideError, type InputIssue } from '../model/error.js'

/**
 * Checks input as a whole, before anything is stored.
 *
 * @throws BroadsideError `INVALID_INPUT` that lists every bad field with its path.
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown, what: string): z.infer<Schema> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map(
    ({ path, message }): InputIssue => ({
      path: path.map((key) => (typeof key === 'number' ? key : String(key))),
      message,
    }),
  )
  const list = issues.map(({ path, message }) => `${path.length === 0 ? what : path.join('.')}: ${message}`).join('; ')
  throw new BroadsideError('INVALID_INPUT', `${what} is not valid, nothing was stored: ${list}`, { issues })
}
