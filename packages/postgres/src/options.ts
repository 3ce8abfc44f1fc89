import { BroadsideError } from '@broadside/core'
import { checkSchemaName, quotedName } from './schema-name.js'
import { systemTimers, type Timers } from './timers.js'

export interface PostgresStorageOptions {
  /** The schema of our tables, made where it is missing. Storages of different schemas know nothing of each other. Default `broadside`. */
  readonly schema?: string | undefined
  /** The most connections of the pool that a connection string opens. Default 10. */
  readonly poolSize?: number | undefined
  /**
   * Whether to keep a connection that hears at once when another engine has changed something; without it engines look every second.
   * Turn it off behind a pooler that gives out connections by transaction. Default true; a client and a pool of one never listen.
   */
  readonly listen?: boolean | undefined
  /** For tests: what passing time is waited with. */
  readonly timers?: Timers | undefined
}

/** The options with their defaults filled in. */
export interface Settings {
  readonly schema: string
  /** The schema as it stands in statements. */
  readonly quotedSchema: string
  readonly poolSize: number
  readonly listen: boolean | undefined
  readonly timers: Timers
}

const KNOWN = ['schema', 'poolSize', 'listen', 'timers']

/** @throws BroadsideError `INVALID_INPUT` */
export function settingsOf(options: PostgresStorageOptions): Settings {
  const unknown = Object.keys(options).find((key) => !KNOWN.includes(key))
  if (unknown !== undefined) throw badOption(unknown, `is no option of postgresStorage: there are ${KNOWN.join(', ')}`)
  const schema = checkSchemaName(options.schema ?? 'broadside')
  return {
    schema,
    quotedSchema: quotedName(schema),
    poolSize: checkPoolSize(options.poolSize ?? 10),
    listen: options.listen,
    timers: options.timers ?? systemTimers,
  }
}

function checkPoolSize(poolSize: number): number {
  if (Number.isSafeInteger(poolSize) && poolSize > 0) return poolSize
  throw badOption('poolSize', 'must be a whole number from 1 on')
}

function badOption(name: string, message: string): BroadsideError {
  return new BroadsideError('INVALID_INPUT', `${name} ${message}.`, { issues: [{ path: [name], message }] })
}
