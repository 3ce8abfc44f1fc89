import type { DueSendings, SendingRecord } from '@broadside/core'
import type { Store } from './store.js'
import { compareTexts } from './text-order.js'

type Waking = SendingRecord & { readonly wakeAt: number }

export function listDueSendings(
  store: Store,
  { now, limit }: { readonly now: number; readonly limit: number },
): DueSendings {
  const waking = [...store.sendings.waking()].filter(hasWakeAt)
  const due = waking.filter(({ wakeAt }) => wakeAt <= now)
  due.sort((a, b) => a.wakeAt - b.wakeAt || compareTexts(a.id, b.id))
  const later = waking.reduce((next, { wakeAt }) => (wakeAt > now ? Math.min(next, wakeAt) : next), Infinity)
  return {
    due: due.slice(0, limit).map((sending) => ({ ...sending })),
    nextAt: Number.isFinite(later) ? later : undefined,
  }
}

function hasWakeAt(sending: SendingRecord): sending is Waking {
  return sending.wakeAt !== undefined
}
