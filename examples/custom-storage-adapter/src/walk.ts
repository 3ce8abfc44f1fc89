import type { Between } from './level-database.js'
import type { Tx } from './tx.js'

/** What to walk through, and how much of it to read at a time. */
export interface Walk extends Omit<Between, 'limit'> {
  readonly chunk: number
}

/** The entries of a stretch of keys, read a chunk at a time, so that a long one is never in memory as a whole. */
export async function* walk<Value>(tx: Tx, { chunk, ...between }: Walk): AsyncGenerator<readonly [string, Value]> {
  let rest: Between = { ...between, limit: chunk }
  for (;;) {
    const entries = await tx.entries<Value>(rest)
    yield* entries
    const last = entries.at(-1)
    if (!last || entries.length < chunk) return
    rest = behind(rest, last[0])
  }
}

/** As `walk`, without the values. */
export async function* walkKeys(tx: Tx, { chunk, ...between }: Walk): AsyncGenerator<string> {
  let rest: Between = { ...between, limit: chunk }
  for (;;) {
    const keys = await tx.keys(rest)
    yield* keys
    const last = keys.at(-1)
    if (last === undefined || keys.length < chunk) return
    rest = behind(rest, last)
  }
}

function behind(between: Between, key: string): Between {
  return between.reverse ? { ...between, lt: key } : { ...between, gte: `${key}~` }
}
