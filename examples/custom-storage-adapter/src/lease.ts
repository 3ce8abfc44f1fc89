import type { JobRow } from './job-row.js'
import { KEYS } from './keys.js'
import type { Tx } from './tx.js'

/** A claim that has not ended. */
export interface Lease {
  readonly token: string
  /** Its first and last item. */
  readonly firstSeq: number
  readonly lastSeq: number
  /** Only of a set of retries: it covers these, a range all fresh ones between the two. */
  readonly seqs?: readonly number[] | undefined
  /** Items that it was handed out with. */
  readonly size: number
  /** Items that it still covers. */
  open: number
  readonly maxClaim?: number | undefined
  startedThrough: number
  leaseUntil: number
}

/** Whether `seq` is in the range of `lease`. Only says that it is held where the item is fresh. */
export function covers(lease: Lease, seq: number): boolean {
  return lease.seqs === undefined && lease.firstSeq <= seq && seq <= lease.lastSeq
}

/** Kept under `lease-end!`, in the order in which leases run out. */
export interface LeaseEnd {
  readonly key: number
  readonly token: string
  readonly leaseUntil: number
}

export function putLease(tx: Tx, { key }: Pick<JobRow, 'key'>, lease: Lease): void {
  const end: LeaseEnd = { key, token: lease.token, leaseUntil: lease.leaseUntil }
  tx.put(KEYS.lease(key, lease.token), lease)
  tx.put(KEYS.leaseEnd(end), end)
}

export function dropLease(tx: Tx, { key }: Pick<JobRow, 'key'>, { token, leaseUntil }: Lease): void {
  tx.del(KEYS.lease(key, token))
  tx.del(KEYS.leaseEnd({ key, token, leaseUntil }))
}
