import { type ClaimedItem, type ClaimParams, sizeOfClaim } from '@broadside/core'
import { type FreeRange, freeRanges, isDue, putRange } from './free-range.js'
import type { JobRow } from './job-row.js'
import { readItems } from './stored-item.js'
import type { Taken } from './taken.js'
import type { Tx } from './tx.js'

/** Takes fresh items: of the lowest free range that is due, or else from where no claim has come to yet. */
export async function takeRange(tx: Tx, job: JobRow, { limit, now }: ClaimParams): Promise<Taken> {
  for await (const range of freeRanges(tx, job)) {
    if (isDue(range, now)) return takeFreeRange(tx, job, { range, limit })
  }
  return takeFromCursor(tx, job, limit)
}

async function takeFreeRange(
  tx: Tx,
  job: JobRow,
  { range, limit }: { readonly range: FreeRange; readonly limit: number },
): Promise<Taken> {
  const items = await readFresh(tx, job, { ...range, limit: sizeOfClaim(range, limit) })
  const firstSeq = (items.at(-1)?.seq ?? range.lastSeq) + 1
  putRange(tx, job, { ...range, firstSeq, open: range.open - items.length })
  return { items, piece: range }
}

async function takeFromCursor(tx: Tx, job: JobRow, limit: number): Promise<Taken> {
  const firstSeq = job.cursor
  const piece = { open: job.counters.received - firstSeq }
  job.cursor += sizeOfClaim(piece, limit)
  return { items: await readFresh(tx, job, { firstSeq, lastSeq: job.cursor - 1, limit }), piece }
}

interface Stretch {
  readonly firstSeq: number
  readonly lastSeq: number
  readonly limit: number
}

/** The first `limit` items of a stretch that nothing has settled. */
async function readFresh(tx: Tx, job: JobRow, { firstSeq, lastSeq, limit }: Stretch): Promise<readonly ClaimedItem[]> {
  const fresh: ClaimedItem[] = []
  for (let from = firstSeq; from <= lastSeq && fresh.length < limit; from += limit) {
    const chunk = { firstSeq: from, lastSeq: Math.min(from + limit - 1, lastSeq) }
    for (const { seq, stored, outcome } of await readItems(tx, job, chunk)) {
      if (outcome === undefined && fresh.length < limit) fresh.push({ seq, ...stored, attempts: 0 })
    }
  }
  return fresh
}
