import { arrayLiteral } from './array-literal.js'
import type { Column } from './column-value.js'
import type { PostgresClient, PostgresResult, Value } from './driver.js'
import { DriverFailure } from './driver-failure.js'

/** A statement, as a function of the schema's quoted name. */
export type Sql = (schema: string) => string

/** A statement that writes, and what it is bound with. */
export interface Write {
  readonly sql: Sql
  readonly values: readonly Value[]
}

/** What a statement has returned, a list a row. */
export type Rows = readonly (readonly Column[])[]

/** Where the schema's name comes while parameters get their numbers: that name may read as a parameter itself, this is in no statement. */
const NAME = '\0'

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

  /** Runs several as one statement, in one round trip. Each sees the state before: they write different rows. */
  async runTogether(writes: readonly Write[]): Promise<void> {
    if (writes.length === 0) return
    const values: Value[] = []
    const parts = writes.map((write) => {
      const offset = values.length
      values.push(...write.values)
      return write.sql(NAME).replace(/\$(\d+)/g, (_, number) => `$${Number(number) + offset}`)
    })
    const before = parts.slice(0, -1).map((part, index) => `write_${index} as (${part})`)
    const text = `${before.length > 0 ? `with ${before.join(', ')} ` : ''}${parts.at(-1)}`
    await this.run((schema) => text.replaceAll(NAME, () => schema), ...values)
  }

  /** Runs statements without values; returns what Postgres calls the last one. */
  async command(text: string): Promise<string> {
    return lastOf(await this.#query(() => text, [])).command
  }

  /** Runs statements without values; returns the first row of the first one. */
  async firstRow(text: string): Promise<readonly Column[] | undefined> {
    return rowOf(firstOf(await this.#query(() => text, [])))
  }

  /** Runs statements without values; returns the first row of the last one. */
  async lastRow(text: string): Promise<readonly Column[] | undefined> {
    return rowOf(lastOf(await this.#query(() => text, [])))
  }

  /** Runs statements without values, in one round trip; returns the rows of each. */
  async script(text: string): Promise<readonly Rows[]> {
    return resultsOf(await this.#query(() => text, [])).map(({ rows }) => rows as Rows)
  }

  async #query(sql: Sql, values: readonly Value[]): Promise<PostgresResult> {
    try {
      return await this.#client.query({
        text: sql(this.#schema),
        values: values.map(bound),
        rowMode: 'array',
        types: AS_TEXT,
      })
    } catch (cause) {
      throw new DriverFailure(cause)
    }
  }
}

function rowOf({ rows: [row] }: PostgresResult): readonly Column[] | undefined {
  return row as readonly Column[] | undefined
}

function firstOf(result: DriverResult): PostgresResult {
  return found(resultsOf(result)[0])
}

function lastOf(result: DriverResult): PostgresResult {
  return found(resultsOf(result).at(-1))
}

/** Of several statements, the driver returns a list of results. */
type DriverResult = PostgresResult | readonly PostgresResult[]

function resultsOf(result: DriverResult): readonly PostgresResult[] {
  return Array.isArray(result) ? result : [result as PostgresResult]
}

function found(result: PostgresResult | undefined): PostgresResult {
  if (result === undefined) throw new Error('the driver has returned no result')
  return result
}

function bound(value: Value): unknown {
  return Array.isArray(value) ? arrayLiteral(value) : value
}
