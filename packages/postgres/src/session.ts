import type { Column } from './column-value.js'
import type { PostgresClient, PostgresResult, Value } from './driver.js'
import { DriverFailure } from './driver-failure.js'

/** A statement, as a function of the schema's quoted name. */
export type Sql = (schema: string) => string

/** Columns come as their text: the host may have set parsers of its own for their types. */
const AS_TEXT = { getTypeParser: () => (value: string) => value }

/** Statements on one connection, inside a transaction or not. */
export class Session {
  readonly #client: PostgresClient
  readonly #schema: string

  constructor(client: PostgresClient, quotedSchema: string) {
    this.#client = client
    this.#schema = quotedSchema
  }

  async rows<Row extends readonly Column[]>(sql: Sql, ...values: readonly Value[]): Promise<readonly Row[]> {
    const { rows } = await this.#query(sql, values)
    return rows as Row[]
  }

  async row<Row extends readonly Column[]>(sql: Sql, ...values: readonly Value[]): Promise<Row | undefined> {
    return (await this.rows<Row>(sql, ...values))[0]
  }

  /** Returns how many rows were written. */
  async run(sql: Sql, ...values: readonly Value[]): Promise<number> {
    return (await this.#query(sql, values)).rowCount ?? 0
  }

  /** Runs statements without values; returns what Postgres calls the last one. */
  async command(text: string): Promise<string> {
    return (await this.#query(() => text, [])).command
  }

  async #query(sql: Sql, values: readonly Value[]): Promise<PostgresResult> {
    try {
      return await this.#client.query({
        text: sql(this.#schema),
        values: [...values],
        rowMode: 'array',
        types: AS_TEXT,
      })
    } catch (cause) {
      throw new DriverFailure(cause)
    }
  }
}
