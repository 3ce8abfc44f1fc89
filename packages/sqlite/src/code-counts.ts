import type { Standing } from '@broadside/core'
import { toColumn } from './column-text.js'
import type { Connection } from './connection.js'
import type { Tables } from './tables.js'

/** How the numbers of items with a code change, apart for open items (of a failed attempt) and settled ones: closing replaces the former. */
export class CodeCounts {
  readonly #changes = new Map<string, { settled: number; open: number }>()

  add({ status, code }: Standing, change: number): void {
    if (code === undefined || change === 0) return
    const { settled, open } = this.#changes.get(code) ?? { settled: 0, open: 0 }
    const isOpen = status === 'pending'
    this.#changes.set(code, isOpen ? { settled, open: open + change } : { settled: settled + change, open })
  }

  apply(db: Connection, job: number): void {
    for (const [code, { settled, open }] of this.#changes) {
      if (settled !== 0 || open !== 0) db.run(ADD, job, toColumn(code), settled, open)
    }
  }
}

const ADD = ({ codes }: Tables) => `
  insert into ${codes} (job, code, settled, open) values (?, ?, ?, ?)
  on conflict (job, code) do update set settled = settled + excluded.settled, open = open + excluded.open`
