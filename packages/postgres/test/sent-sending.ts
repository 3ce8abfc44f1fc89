import type { ExperimentResult, Item, Sending, SendingInfo } from '@broadside/core'
import type { Arrival, LedgerLine } from './sending-ledger.js'

/** What there is to know of a sending at its end: what the engine says, and what the ledger does. */
export interface SentSending {
  readonly name: string
  readonly info: SendingInfo
  readonly items: readonly Item[]
  readonly results: readonly ExperimentResult[]
  readonly lines: readonly LedgerLine[]
  /** How its messages have arrived, by their ids. */
  readonly arrivals: ReadonlyMap<string, readonly ArrivalLine[]>
}

export type ArrivalLine = LedgerLine & Arrival

const PAGE_SIZE = 1_000

export async function sentSending(sending: Sending, ledger: readonly LedgerLine[]): Promise<SentSending> {
  const info = await sending.info()
  const lines = ledger.filter(({ sendingId }) => sendingId === sending.id)
  const [items, results] = [await allItems(sending), await sending.results()]
  return { name: info.name ?? '', info, items, results, lines, arrivals: arrivalsIn(lines) }
}

async function allItems(sending: Sending): Promise<readonly Item[]> {
  const items: Item[] = []
  let cursor: string | undefined
  do {
    const page = await sending.items({ cursor, limit: PAGE_SIZE })
    items.push(...page.items)
    cursor = page.paging.cursor
  } while (cursor !== undefined)
  return items
}

function arrivalsIn(lines: readonly LedgerLine[]): ReadonlyMap<string, readonly ArrivalLine[]> {
  const arrivals = new Map<string, ArrivalLine[]>()
  for (const line of lines) {
    if (line.type !== 'arrival') continue
    const known = arrivals.get(line.messageId)
    if (known === undefined) arrivals.set(line.messageId, [line])
    else known.push(line)
  }
  return arrivals
}
