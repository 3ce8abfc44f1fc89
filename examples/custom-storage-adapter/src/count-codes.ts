import { needJob } from './find-job.js'
import type { CodeCount } from './job-change.js'
import type { JobRow } from './job-row.js'
import { KEYS, startingWith } from './keys.js'
import type { Lease } from './lease.js'
import type { Outcome } from './outcome.js'
import type { Tx } from './tx.js'

export async function countCodes(tx: Tx, jobId: string): Promise<Readonly<Record<string, number>>> {
  const job = await needJob(tx, jobId)
  const prefix = KEYS.codes(job.key)
  const counts = new Map<string, number>()
  for (const [place, { settled, open }] of await tx.entries<CodeCount>(startingWith(prefix))) {
    const code = JSON.parse(place.slice(prefix.length)) as string
    counts.set(code, job.closedAs === undefined ? settled + open : settled)
  }
  if (job.closedAs !== undefined) {
    for (const code of await heldCodes(tx, job)) counts.set(code, (counts.get(code) ?? 0) + 1)
  }
  return Object.fromEntries([...counts].filter(([, count]) => count > 0))
}

/** The codes of the retries in flight: of a closed job's open items, only these still carry their own. */
async function heldCodes(tx: Tx, { key }: JobRow): Promise<readonly string[]> {
  const codes: string[] = []
  for (const [, { token, seqs = [] }] of await tx.entries<Lease>(startingWith(KEYS.leases(key)))) {
    await tx.prepare(seqs.map((seq) => KEYS.outcome(key, seq)))
    for (const seq of seqs) {
      const { held, token: holder, code } = await tx.need<Outcome>(KEYS.outcome(key, seq))
      if (held && holder === token && code !== undefined) codes.push(code)
    }
  }
  return codes
}
