import { BroadsideError } from '@broadside/core'

/** What a statement is bound with. Arrays become Postgres arrays. */
export type Value = string | number | boolean | null | Buffer | readonly (string | number | boolean | null | Buffer)[]

/** One statement, or several without values, as the driver takes it. */
export interface PostgresQuery {
  text: string
  values?: unknown[]
  rowMode: 'array'
  types?: { getTypeParser(): (value: string) => unknown }
}

export interface PostgresResult {
  readonly rows: unknown[]
  readonly rowCount: number | null
  readonly command: string
}

export interface PostgresNotification {
  readonly channel: string
  readonly payload?: string | undefined
}

/** A connection of `pg` (`Client`, or what a pool hands out): the few members that are used. */
export interface PostgresClient {
  /** It asks for values as bytes, not as text. */
  readonly binary?: boolean | undefined
  /** Of several statements, a list of results. */
  query(query: PostgresQuery): Promise<PostgresResult>
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'notification', listener: (message: PostgresNotification) => void): unknown
  on(event: 'end', listener: () => void): unknown
  removeListener(event: 'error', listener: (error: Error) => void): unknown
}

/** A connection that goes back to its pool; with an error, or `true`, it is closed instead. */
export interface PostgresPoolClient extends PostgresClient {
  release(error?: Error | boolean): void
}

/** A `Pool` of `pg`: the few members that are used. */
export interface PostgresPool {
  connect(callback: (error: Error | undefined, client: PostgresPoolClient | undefined) => void): void
  /** How many connections it has: what tells a pool from a client. */
  readonly totalCount: number
  readonly options?: { readonly max?: number | undefined }
}

/**
 * Our columns are read as text.
 *
 * @throws BroadsideError `INVALID_INPUT`
 */
export function requireText({ binary }: PostgresClient): void {
  if (!binary) return
  throw new BroadsideError(
    'INVALID_INPUT',
    'postgresStorage reads values as text: make its Pool or Client without `binary`.',
    {
      issues: [{ path: ['source'], message: 'must not have binary set' }],
    },
  )
}

export function isPool(source: PostgresPool | PostgresClient): source is PostgresPool {
  return 'totalCount' in source && 'connect' in source && typeof source.connect === 'function'
}

export function isClient(source: unknown): source is PostgresClient {
  if (typeof source !== 'object' || source === null || !('query' in source) || !('on' in source)) return false
  return typeof source.query === 'function' && typeof source.on === 'function'
}
