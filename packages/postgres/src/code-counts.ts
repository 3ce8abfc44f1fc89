import type { Standing } from '@broadside/core'
import { toColumn } from './column-text.js'
import { digest } from './digest.js'
import type { Sql, Write } from './session.js'

/** How the numbers of items with a code change, apart for open items (of a failed attempt) and settled ones: closing replaces the former. */
export class CodeCounts {
  readonly #changes = new Map<string, { readonly settled: number; readonly open: number }>()

  add({ status, code }: Standing, change: number): void {
    if (code === undefined || change === 0) return
    const { settled, open } = this.#changes.get(code) ?? { settled: 0, open: 0 }
    const isOpen = status === 'pending'
    this.#changes.set(code, isOpen ? { settled, open: open + change } : { settled: settled + change, open })
  }

  writesFor(jobKey: string): readonly Write[] {
    const [hashes, ...lists] = this.lists
    return hashes?.length === 0 ? [] : [{ sql: ADD, values: [jobKey, hashes ?? [], ...lists] }]
  }

  /** What changes, a list a column; of the types {@link CODE_LISTS}. */
  get lists(): readonly (readonly (string | number | Buffer)[])[] {
    const changes = [...this.#changes].filter(([, { settled, open }]) => settled !== 0 || open !== 0)
    const codes = changes.map(([code]) => code)
    const settled = changes.map(([, change]) => change.settled)
    const open = changes.map(([, change]) => change.open)
    return [codes.map(digest), codes.map(toColumn), settled, open]
  }
}

export const CODE_LISTS: readonly string[] = ['bytea[]', 'text[]', 'bigint[]', 'bigint[]']

export interface AddCodesParams {
  /** The job's key, in SQL; nothing is added where it is null. */
  readonly job: string
  /** The number of the parameter that is the first of the lists. */
  readonly firstList: number
}

export function addCodes(schema: string, { job, firstList }: AddCodesParams): string {
  return `
    insert into ${schema}.codes as codes (job, code_hash, code, settled, open)
    select ${job}, * from unnest(${CODE_LISTS.map((type, index) => `$${firstList + index}::${type}`).join(', ')})
    where ${job} is not null
    on conflict (job, code_hash) do update
    set settled = codes.settled + excluded.settled, open = codes.open + excluded.open`
}

const ADD: Sql = (s) => addCodes(s, { job: '$1::bigint', firstList: 2 })
