import type { JobRow } from './job-row.js'
import { KEYS, startingWith } from './keys.js'
import { covers, type Lease } from './lease.js'
import type { Tx } from './tx.js'

/** Says which fresh items of `job` are held: those that one of its leases covers. */
export async function heldFresh(tx: Tx, { key }: Pick<JobRow, 'key'>): Promise<(seq: number) => boolean> {
  const leases = await tx.entries<Lease>(startingWith(KEYS.leases(key)))
  return (seq) => leases.some(([, lease]) => covers(lease, seq))
}
