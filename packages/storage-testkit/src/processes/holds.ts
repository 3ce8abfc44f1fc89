import { type CallOf, callsOf, type LedgerCall } from './ledger.js'

/** That a token held an item: for certain from one instant to the other, in µs. */
export interface Hold {
  readonly token: string
  readonly seq: number
  /** When its claim had been answered. */
  readonly from: number
  /** When the first call began that may have ended it. */
  readonly to: number
}

/** Every hold that a ledger tells of, by item. */
export function holdsOf(calls: readonly LedgerCall[]): ReadonlyMap<number, readonly Hold[]> {
  const holds = new Map<number, Hold[]>()
  const endings = new Endings(calls)
  for (const { asked, answered } of callsOf(calls, 'claim')) {
    for (const seq of answered?.answer.seqs ?? []) {
      const hold = { token: asked.token, seq, from: answered?.at ?? 0, to: endings.earliestOf(asked.token, seq) }
      const others = holds.get(seq)
      if (others) others.push(hold)
      else holds.set(seq, [hold])
    }
  }
  return holds
}

/** The calls that may have ended holds. One that was never answered may have done so. */
class Endings {
  readonly #own = new Map<string, LedgerCall[]>()
  readonly #reaps: readonly CallOf<'reap'>[]

  constructor(calls: readonly LedgerCall[]) {
    this.#reaps = callsOf(calls, 'reap')
    for (const call of calls) {
      if (call.kind !== 'settle' && call.kind !== 'giveBack') continue
      const { token } = call.asked
      this.#own.set(token, [...(this.#own.get(token) ?? []), call])
    }
  }

  earliestOf(token: string, seq: number): number {
    const own = (this.#own.get(token) ?? []).filter((call) => mayEnd(call, seq))
    const reaps = this.#reaps.filter(({ answered }) => !answered || answered.answer.reaped.some(isOf(token)))
    return Math.min(...own.map(({ from }) => from), ...reaps.map(({ from }) => from))
  }
}

function mayEnd(call: LedgerCall, seq: number): boolean {
  if (call.kind === 'giveBack') return call.answered?.answer.held ?? true
  if (call.kind !== 'settle') return false
  const index = call.asked.settlements.findIndex((settlement) => settlement.seq === seq)
  return index >= 0 && (call.answered?.answer.answers[index] ?? 'applied') === 'applied'
}

function isOf(token: string): (lease: { readonly token: string }) => boolean {
  return (lease) => lease.token === token
}
