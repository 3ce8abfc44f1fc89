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
    const changes = [...this.#changes].filter(([, { settled, open }]) => settled !== 0 || open !== 0)
    if (changes.length === 0) return []
    const codes = changes.map(([code]) => code)
    const settled = changes.map(([, change]) => change.settled)
    const open = changes.map(([, change]) => change.open)
    return [{ sql: ADD, values: [jobKey, codes.map(digest), codes.map(toColumn), settled, open] }]
  }
}

const ADD: Sql = (s) => `
  insert into ${s}.codes as codes (job, code_hash, code, settled, open)
  select $1::bigint, * from unnest($2::bytea[], $3::text[], $4::bigint[], $5::bigint[])
  on conflict (job, code_hash) do update
  set settled = codes.settled + excluded.settled, open = codes.open + excluded.open`
