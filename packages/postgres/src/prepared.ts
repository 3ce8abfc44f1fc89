import { digest } from './digest.js'
import type { PostgresClient, Value } from './driver.js'
import type { DriverFailure } from './driver-failure.js'
import { literal } from './literal.js'
import type { Sql } from './session.js'

/** A statement that a connection plans once. */
export interface Prepared {
  readonly sql: Sql
  /** Of its parameters. */
  readonly types: readonly string[]
}

/** A prepared statement, and what it is run with. */
export interface Step {
  readonly prepared: Prepared
  readonly values: readonly Value[]
}

/** Where the schema's name comes while values take the places of parameters: a name may read as a parameter itself, and so may a value. */
const NAME = '\0'
const PLACES = /\$(\d+)|\0/g

/**
 * A pooler that gives out connections by transaction may have another one for the next message: it then knows no statement of that name, or
 * one already. A table that was altered fails with the last.
 */
const NOT_KEPT = new Set(['26000', '42P05', '0A000'])

/** Keeps what each connection has prepared. Where connections don't keep it, statements are planned each time instead. */
export class PreparedStatements {
  readonly #schema: string
  readonly #named = new Map<Prepared, { readonly name: string; readonly definition: string }>()
  readonly #known = new WeakMap<PostgresClient, Set<Prepared>>()
  #areKept = true

  constructor(quotedSchema: string) {
    this.#schema = quotedSchema
  }

  /** The text of the steps, one after the other, and what has to be run before them on this connection. */
  textOf(
    client: PostgresClient,
    steps: readonly Step[],
  ): { readonly before: readonly string[]; readonly steps: readonly string[] } {
    if (!this.#areKept) return { before: [], steps: steps.map((step) => this.#planned(step)) }
    const missing = steps.filter(({ prepared }) => !this.#known.get(client)?.has(prepared))
    return {
      before: missing.map(({ prepared }) => this.#define(prepared).definition),
      steps: steps.map(
        ({ prepared, values }) => `execute ${this.#define(prepared).name}(${values.map(literal).join(', ')})`,
      ),
    }
  }

  /** The connection has run what `textOf` said. */
  keep(client: PostgresClient, steps: readonly Step[]): void {
    const known = this.#known.get(client) ?? new Set()
    for (const { prepared } of steps) known.add(prepared)
    this.#known.set(client, known)
  }

  /** True when steps failed because what was prepared is not there any more: from now on nothing is. */
  hasLost(error: DriverFailure): boolean {
    if (!this.#areKept || error.code === undefined || !NOT_KEPT.has(error.code)) return false
    this.#areKept = false
    return true
  }

  /** The same statement has the same name everywhere. */
  #define(prepared: Prepared) {
    const known = this.#named.get(prepared)
    if (known) return known
    const text = prepared.sql(this.#schema)
    const name = `broadside_${digest(text).toString('hex').slice(0, 24)}`
    const defined = { name, definition: `prepare ${name}(${prepared.types.join(', ')}) as ${text}` }
    this.#named.set(prepared, defined)
    return defined
  }

  #planned({ prepared, values }: Step): string {
    const { sql, types } = prepared
    return sql(NAME).replace(PLACES, (_, number: string | undefined) => {
      if (number === undefined) return this.#schema
      const at = Number(number) - 1
      return `(${literal(values[at] ?? null)}::${types[at]})`
    })
  }
}
