import type * as z from 'zod'
import { BroadsideError, type InputIssue } from '../model/error.js'
import { plainText } from '../model/plain-text.js'
import { thrownReason } from '../model/thrown-reason.js'

export type ReadInput<T> =
  | { readonly ok: true; readonly data: T }
  | { readonly ok: false; readonly issues: readonly InputIssue[]; readonly cause?: unknown }

/** A message shows so many issues, each of them to this length; the error's `issues` has them all. */
const SHOWN = 10
const SHOWN_LENGTH = 300

/**
 * Checks input as a whole, before anything is stored.
 *
 * @throws BroadsideError `INVALID_INPUT` that lists every bad field with its path; nothing else, also for input that throws when it is read.
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown, what: string): z.infer<Schema> {
  const read = readInput(schema, input)
  if (read.ok) return read.data
  const { issues, cause } = read
  throw new BroadsideError(
    'INVALID_INPUT',
    `${what} is not valid, nothing was stored: ${describeIssues(issues, what)}`,
    {
      issues,
      cause,
    },
  )
}

/** Reads input by a schema. Never throws, also not for a getter or a proxy of the caller's that does. */
export function readInput<Schema extends z.ZodType>(schema: Schema, input: unknown): ReadInput<z.infer<Schema>> {
  try {
    const parsed = schema.safeParse(input)
    if (parsed.success) return { ok: true, data: parsed.data }
    return { ok: false, issues: parsed.error.issues.flatMap((issue) => flatten(issue, [])) }
  } catch (cause) {
    return { ok: false, issues: [{ path: [], message: `cannot be read: ${thrownReason(cause)}` }], cause }
  }
}

/** What is wrong, in one line; `what` is the name of the whole. */
export function describeIssues(issues: readonly InputIssue[], what: string): string {
  const shown = issues.slice(0, SHOWN).map(({ path, message }) => {
    const where = path.length === 0 ? what : path.join('.')
    return plainText(`${where}: ${message}`, SHOWN_LENGTH)
  })
  const more = issues.length > SHOWN ? [`and ${issues.length - SHOWN} more`] : []
  return [...shown, ...more].join('; ')
}

/** Of several forms that a field may have, the one that was meant tells more than "none of them fits". */
function flatten(issue: z.core.$ZodIssue, parents: InputIssue['path']): InputIssue[] {
  const path = [...parents, ...issue.path.map((key) => (typeof key === 'number' ? key : String(key)))]
  const meant = issue.code === 'invalid_union' ? issue.errors.filter(isAboutContents) : []
  const [only, ...others] = meant
  if (only === undefined || others.length > 0) return [{ path, message: issue.message }]
  return only.flatMap((inner) => flatten(inner, path))
}

function isAboutContents(issues: readonly z.core.$ZodIssue[]): boolean {
  return issues.some(({ path, code }) => path.length > 0 || (code !== 'invalid_type' && code !== 'invalid_union'))
}
