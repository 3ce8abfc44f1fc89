import { type NewItem, seqInWave } from '@broadside/core'
import type { Connection } from './connection.js'
import type { Tables } from './tables.js'

/** The next `seq` of each wave that items go to. */
export type NextSeqs = ReadonlyMap<number, number>

/** Behind the items that the waves have. */
export function nextSeqs(db: Connection, job: number, items: readonly NewItem[]): NextSeqs {
  const waves = new Set<number>()
  for (const item of items) waves.add(item.wave ?? 0)
  return new Map([...waves].map((wave) => [wave, nextSeq(db, job, wave)]))
}

function nextSeq(db: Connection, job: number, wave: number): number {
  const [last] = db.row<[number | null]>(LAST, job, seqInWave(wave, 0), seqInWave(wave + 1, 0)) ?? [null]
  return last === null ? seqInWave(wave, 0) : last + 1
}

/** The `seq` of each item of a call, by its index: consecutive within its wave. Those left out get none. */
export function allotSeqs(items: readonly NewItem[], next: NextSeqs, leftOut?: ReadonlySet<number>): number[] {
  const left = new Map(next)
  return items.map(({ wave = 0 }, index) => {
    if (leftOut?.has(index)) return Number.NaN
    const seq = left.get(wave) ?? seqInWave(wave, 0)
    left.set(wave, seq + 1)
    return seq
  })
}

const LAST = ({ items }: Tables) => `select max(seq) from ${items} where job = ? and seq >= ? and seq < ?`
