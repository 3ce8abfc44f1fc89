import { BroadsideError } from '@broadside/core'
import { DriverFailure } from './driver-failure.js'

/** What to do, by the beginning of the code that Postgres or the network gave. */
const ADVICE: readonly (readonly [code: string, advice: string])[] = [
  ['28', 'the server refused user and password: check the connection string'],
  ['3D000', 'there is no such database: create it, or check the connection string'],
  ['42501', "the user may not do that: grant it the schema's tables, or the right to create them"],
  ['42P01', 'our tables are missing: open the storage once to make them, and drop none of them'],
  ['3F000', 'our schema is missing: open the storage once to make it'],
  ['53100', 'the server has no space left on its disk'],
  ['53300', 'the server takes no more connections: make the pools smaller, or its limit larger'],
  ['53', 'the server has run out of something it needs'],
  ['54', 'a text is longer than Postgres allows: the id of a job or a sending, or a token 2,600 bytes, others 1 GB'],
  ['55P03', 'a lock was waited for longer than lock_timeout allows'],
  ['57014', 'the statement was cancelled, by hand or by statement_timeout'],
  ['57P', 'the server is shutting down, starting, or has ended the connection'],
  ['25P03', 'a call stood still in the middle of a transaction, twice: is the event loop blocked for seconds?'],
  ['25006', 'the server takes no writes: it is a replica, or in recovery'],
  ['40', 'other transactions stayed in its way'],
  ['ECONNREFUSED', 'nothing answers at this host and port: is the server running?'],
  ['ERR_INVALID_URL', 'the connection string is none: postgres://user:password@host:port/database, specials %-encoded'],
  ['ENOTFOUND', 'the host was not found: check the connection string'],
]

/** An error of the driver's as a `STORAGE_FAILED` that says what to do; any other as it is (a `decide` that throws keeps its own). */
export function asStorageFailure(error: unknown, schema: string): unknown {
  if (!(error instanceof DriverFailure)) return error
  const { code = '', message } = error
  const advice = ADVICE.find(([start]) => code.startsWith(start))?.[1]
  const words = [advice ?? 'the database failed', code === '' ? message : `${message} (${code})`]
  return new BroadsideError('STORAGE_FAILED', `Postgres storage, schema "${schema}": ${words.join('; ')}.`, {
    cause: error.cause,
  })
}
