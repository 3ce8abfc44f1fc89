import { BroadsideError } from '@broadside/core'

/** Letters and digits of any script, `_`, `-` and `$`. Dots, quotes, spaces and what can't be seen make names that people mistake. */
const NAME = /^[\p{L}_][\p{L}\p{N}_$-]*$/u
/** Postgres cuts longer names short, so that two could become one. */
const MAX_BYTES = 63

/** @throws BroadsideError `INVALID_INPUT` for a name that a schema of ours can't have. */
export function checkSchemaName(name: string): string {
  const issue = issueOf(name)
  if (issue === undefined) return name
  throw new BroadsideError('INVALID_INPUT', `The schema ${JSON.stringify(name)} can't be used: its name ${issue}.`, {
    issues: [{ path: ['schema'], message: issue }],
  })
}

function issueOf(name: string): string | undefined {
  if (typeof name !== 'string' || !NAME.test(name))
    return 'must be letters, digits, _, - and $, and begin with a letter'
  if (Buffer.byteLength(name) > MAX_BYTES) return `must be at most ${MAX_BYTES} bytes long`
  if (/^pg_/i.test(name) || /^information_schema$/i.test(name)) return 'belongs to Postgres'
  return undefined
}

/** A checked name as it stands in statements. */
export function quotedName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
