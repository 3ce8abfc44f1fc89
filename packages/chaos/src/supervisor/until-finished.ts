import { setTimeout as sleep } from 'node:timers/promises'
import type { Plan } from '../plan.js'
import type { ReceivingSide } from '../receiver/receiving-side.js'
import { isFinished, type Overview } from './overview.js'

const LOOK_EVERY_MS = 500
const TELL_EVERY_MS = 5_000

export interface Wait {
  readonly plan: Plan
  readonly signal: AbortSignal
  readonly say: (line: string) => void
  readonly overview: Overview
  readonly receiver: ReceivingSide
}

interface Limits {
  readonly limitMs?: number
  readonly stuckMs?: number
}

/** Resolves with true when everything is finished; with false after `limitMs`, or when nothing has got on for `stuckMs`. */
export async function untilFinished(wait: Wait & Limits): Promise<boolean> {
  const { plan, overview, receiver, signal, say, limitMs = Infinity, stuckMs = Infinity } = wait
  const since = Date.now()
  let toldAt = since
  let gotOnAt = since
  let stand = ''
  while (Date.now() - since < limitMs && Date.now() - gotOnAt < stuckMs) {
    signal.throwIfAborted()
    const jobs = await overview.look()
    if (jobs !== undefined && isFinished(plan, jobs)) return true
    const open = jobs?.reduce((sum, job) => sum + job.counters.pending, 0) ?? '?'
    const now = `${receiver.ledger.takenCount} arrived, ${open} pending`
    if (now !== stand) gotOnAt = Date.now()
    stand = now
    if (Date.now() - toldAt >= TELL_EVERY_MS) {
      toldAt = Date.now()
      say(stand)
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal })
  }
  return false
}
