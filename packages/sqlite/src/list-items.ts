import { type ItemPage, type ItemRecord, type ListItemsParams, standingOf } from '@broadside/core'
import type { Connection } from './connection.js'
import { codesToVisit, passes } from './item-filter.js'
import { readItem } from './item-record.js'
import { freshHeldIn, type IsFreshHeld, readStates } from './item-states.js'
import { type JobRow, requireJob } from './job-row.js'
import { markedSeqs } from './marked-items.js'
import { forEachInSteps, type Steps } from './steps.js'

/** How many items a page looks at, at most. */
const STRETCH = 1_000
const CHUNK = 128
/** With more codes than these, looking at every item is less work than putting their lists together. */
const MOST_CODES = 32

export function* listItems(db: Connection, params: ListItemsParams): Steps<ItemPage> {
  const job = requireJob(db, params.jobId)
  const page: Page = { job, isFreshHeld: freshHeldIn(db, job), params, after: params.after ?? -1 }
  const codes = codesToVisit(db, job, params)
  if (codes && codes.length <= MOST_CODES) return yield* listMarked(db, page, codes)
  return yield* listStretch(db, page)
}

interface Page {
  readonly job: JobRow
  readonly isFreshHeld: IsFreshHeld
  readonly params: ListItemsParams
  readonly after: number
}

/** Looks at one item after the other. */
function* listStretch(db: Connection, { job, isFreshHeld, params, after: start }: Page): Steps<ItemPage> {
  const items: ItemRecord[] = []
  let after = start
  for (let looked = 0; looked < STRETCH; looked += CHUNK) {
    const states = readStates(db, job.key, { after, limit: CHUNK, isFreshHeld })
    for (const state of states) {
      if (items.length >= params.limit) return { items, next: after }
      if (passes(standingOf(job, state), params)) items.push(readItem(db, job, { seq: state.seq, isFreshHeld }))
      after = state.seq
    }
    if (states.length < CHUNK) return { items }
    yield
  }
  return { items, next: after }
}

/** Looks at the items of some codes only: a few of a million. */
function* listMarked(db: Connection, page: Page, codes: readonly (string | undefined)[]): Steps<ItemPage> {
  const { job, isFreshHeld, params, after } = page
  const limit = Math.min(params.limit, STRETCH)
  const lists = codes.map((code) => markedSeqs(db, job.key, { code, after, limit }))
  const seqs = lists.flat().sort((a, b) => a - b)
  const items: ItemRecord[] = []
  yield* forEachInSteps(seqs.slice(0, limit), (seq) => {
    const item = readItem(db, job, { seq, isFreshHeld })
    if (passes({ status: item.status, code: item.code }, params)) items.push(item)
  })
  return seqs.length < limit ? { items } : { items, next: seqs[limit - 1] }
}
