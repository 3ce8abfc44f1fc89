/** Who is written to, and what the receiving side makes of it. Pure; a recipient's id tells both. */
import type { IngestUser } from '@broadside/core'
import type { JobPlan } from './plan.js'

/** `taken`: at the first attempt. `busy`: at the second, the first is put off. `refused`: never. */
export type Fate = 'taken' | 'busy' | 'refused'

const ONE_IN_BUSY = 25

type Shape = Pick<JobPlan, 'wanted' | 'refused' | 'repeated'>

/** All recipients of a job, each once. */
export function* recipientsOf({ wanted, refused }: Shape): Generator<string, void, undefined> {
  const total = wanted + refused
  for (let index = 0; index < total; index++) yield `${fateAt(index, { total, refused })}-${index}`
}

export function fateOf(recipient: string): Fate {
  const [fate] = recipient.split('-')
  return fate === 'busy' || fate === 'refused' ? fate : 'taken'
}

/** The input of a job's ingest: some entries come twice. Always the same, so that it can be repeated under its key. */
export function* usersOf(job: Shape): Generator<IngestUser, void, undefined> {
  const total = job.wanted + job.refused
  let index = 0
  for (const recipient of recipientsOf(job)) {
    const user = { recipient, to: { email: `${recipient}@example.com`, phone_number: `4790${index}` } }
    yield user
    if (isEvenly(index, { total, count: job.repeated })) yield user
    index += 1
  }
}

function fateAt(index: number, { total, refused }: { readonly total: number; readonly refused: number }): Fate {
  if (isEvenly(index, { total, count: refused })) return 'refused'
  return index % ONE_IN_BUSY === 0 ? 'busy' : 'taken'
}

/** True for `count` of the indexes below `total`, evenly spread. */
function isEvenly(index: number, { total, count }: { readonly total: number; readonly count: number }): boolean {
  return Math.floor(((index + 1) * count) / total) > Math.floor((index * count) / total)
}
