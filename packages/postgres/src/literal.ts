import { arrayLiteral } from './array-literal.js'
import type { Value } from './driver.js'

/**
 * A value as it stands in the text of a statement; what it is becomes clear from where it stands. A backslash is only written where it
 * means the same whatever the host has set `standard_conforming_strings` to.
 */
export function literal(value: Value): string {
  if (value === null) return 'null'
  const text = Array.isArray(value)
    ? arrayLiteral(value)
    : Buffer.isBuffer(value)
      ? `\\x${value.toString('hex')}`
      : String(value)
  const quoted = `'${text.replaceAll("'", "''")}'`
  return quoted.includes('\\') ? ` E${quoted.replaceAll('\\', '\\\\')}` : quoted
}
