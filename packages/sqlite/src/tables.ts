import { BroadsideError } from '@broadside/core'

const NAMES = [
  'schema',
  'jobs',
  'contents',
  'sendings',
  'items',
  'identities',
  'outcomes',
  'ranges',
  'leases',
  'codes',
  'answers',
  'marks',
  'graves',
] as const

/** The names of our tables, prefix included. */
export type Tables = { readonly [name in (typeof NAMES)[number]]: string }

/** A statement, as a function of the tables' names; its identity is what a connection keeps the prepared statement by. */
export type Sql = (tables: Tables) => string

/** @throws BroadsideError `INVALID_INPUT` for a prefix that can't begin a table's name. */
export function tablesOf(prefix: string): Tables {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(prefix)) {
    throw new BroadsideError(
      'INVALID_INPUT',
      `The table prefix ${JSON.stringify(prefix)} must be letters, digits and underscores, and begin with no digit.`,
      { issues: [{ path: ['tablePrefix'], message: 'must be letters, digits and underscores' }] },
    )
  }
  return Object.fromEntries(NAMES.map((name) => [name, `${prefix}${name}`])) as Tables
}
