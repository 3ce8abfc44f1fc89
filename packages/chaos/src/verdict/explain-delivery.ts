import type { Interruption } from './evidence.js'
import type { LeaseHistory, Silence } from './lease-history.js'

/**
 * Why a lease ended although its process was still at it.
 *
 * - `killed`, `frozen`: its process was.
 * - `cut`, `restarted`: its calls got no answer beyond its end, since its connections or Postgres were ended.
 * - `held-up`: its calls got no answer beyond its end, since another process was frozen in the middle of a transaction.
 */
export type Cause = 'killed' | 'frozen' | 'cut' | 'restarted' | 'held-up'

export const CAUSES: readonly Cause[] = ['killed', 'frozen', 'cut', 'restarted', 'held-up']

/** Leases end by the database's clock, as far as an engine knows it; interruptions are told by ours. */
export const CLOCKS_MS = 250
/** How long after its connection was cut a process may still be finding out. */
const RECONNECT_MS = 1_000

export interface DeliveryToExplain {
  readonly seq: number
  /** The lease under which it was delivered. */
  readonly lease: LeaseHistory
  /** When the item was next claimed. */
  readonly reclaimedAt: number
}

/**
 * Explains a delivery after which the item was claimed, and delivered, once more: returns what was done to the lease, or what speaks against any
 * explanation.
 */
export function explainDelivery(
  delivery: DeliveryToExplain,
  interruptions: readonly Interruption[],
): { readonly cause: Cause } | { readonly fault: string } {
  const { seq, lease } = delivery
  if (!lease.seqs.has(seq)) return { fault: 'the lease that it went out under does not hold it' }
  if (seq > lease.startedThrough) return { fault: 'it went out beyond startedThrough' }
  const settled = lease.settled.find(({ seqs }) => seqs.has(seq))
  if (settled !== undefined) return { fault: `it went out again after it was acknowledged as ${settled.to}` }
  const cause = CAUSES.find((one) => interruptions.some((interruption) => RULES[one](interruption, delivery)))
  return cause === undefined ? { fault: 'nothing had been done to its process or the database' } : { cause }
}

type Rule = (interruption: Interruption, delivery: DeliveryToExplain) => boolean

const RULES: Readonly<Record<Cause, Rule>> = {
  killed: (harm, { lease, reclaimedAt }) => harm.type === 'kill' && harm.boot === lease.boot && harm.at <= reclaimedAt,
  frozen: (harm, { lease }) =>
    harm.type === 'freeze' && harm.boot === lease.boot && isBeyondEnd({ from: harm.at, until: harm.until }, lease),
  cut: (harm, { lease }) =>
    harm.type === 'terminate' &&
    harm.boot === lease.boot &&
    isSilenced({ from: harm.at, until: harm.at + RECONNECT_MS }, lease),
  restarted: (harm, { lease }) =>
    harm.type === 'restart' && isSilenced({ from: harm.at, until: harm.until + RECONNECT_MS }, lease),
  'held-up': (harm, { lease }) =>
    harm.type === 'freeze' && harm.boot !== lease.boot && isSilenced({ from: harm.at, until: harm.until }, lease),
}

/** True when the lease ended within the stretch, and had begun before. */
function isBeyondEnd({ from, until }: Silence, { claimedAt, endsAt }: LeaseHistory): boolean {
  return claimedAt <= until && from <= endsAt + CLOCKS_MS && until >= endsAt - CLOCKS_MS
}

/** True when the lease ended while its process waited for an answer, and that had to do with `harm`. */
function isSilenced(harm: Silence, lease: LeaseHistory): boolean {
  const { silences, endsAt } = lease
  // A call that was made and answered around the end is no silence: it had to be waited for over the end.
  return silences.some(
    ({ from, until }) =>
      from < endsAt - CLOCKS_MS && until > endsAt - CLOCKS_MS && harm.from <= endsAt + CLOCKS_MS && harm.until >= from,
  )
}
