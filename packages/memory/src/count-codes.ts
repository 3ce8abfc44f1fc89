import { CodeTally } from './code-tally.js'
import { requireJob, type Store } from './store.js'

export function countCodes(store: Store, jobId: string): Readonly<Record<string, number>> {
  const job = requireJob(store, jobId)
  const sum = new CodeTally()
  for (const [code, count] of job.settledCodes.entries()) sum.add(code, count)
  for (const [code, count] of job.openCodes.entries()) sum.add(code, count)
  return sum.toRecord()
}
