import { FRESH_FREE, FRESH_HELD, type ItemStatus, type ReviseItemsParams, standingOf } from '@broadside/core'
import { heldFresh } from './held-fresh.js'
import type { JobRow } from './job-row.js'
import { KEYS, startingWith } from './keys.js'
import type { Outcome } from './outcome.js'
import type { Tx } from './tx.js'
import { walkKeys } from './walk.js'
import { FAILED } from './write-outcome.js'

/** An item that a revision may change. */
export interface Candidate {
  readonly seq: number
  /** Absent where it is fresh. */
  readonly outcome: Outcome | undefined
}

const CHUNK = 500

/** The items that fit a revision: those of `seqs` or all, that read as one of `statuses` and are not open. */
export async function* revisionCandidates(
  tx: Tx,
  job: JobRow,
  params: Pick<ReviseItemsParams, 'seqs' | 'statuses'>,
): AsyncGenerator<Candidate> {
  const isHeld = await heldFresh(tx, job)
  for await (const candidate of candidates(tx, job, params)) {
    const { seq, outcome = isHeld(seq) ? FRESH_HELD : FRESH_FREE } = candidate
    const { status } = standingOf(job, outcome)
    if (status !== 'pending' && params.statuses.includes(status)) yield candidate
  }
}

/** Failures are found by their index, anything else by looking at every item. */
function candidates(
  tx: Tx,
  job: JobRow,
  { seqs, statuses }: Pick<ReviseItemsParams, 'seqs' | 'statuses'>,
): AsyncGenerator<Candidate> {
  if (seqs) return given(tx, job, seqs)
  const isIndexed = statuses.every((status) => FAILED.includes(status) && status !== job.closedAs)
  return isIndexed ? failed(tx, job, statuses) : everyItem(tx, job)
}

/** Each once, those that the job has. */
async function* given(tx: Tx, { key, counters }: JobRow, seqs: readonly number[]): AsyncGenerator<Candidate> {
  const known = [...new Set(seqs)].filter((seq) => Number.isInteger(seq) && seq >= 0 && seq < counters.received)
  await tx.prepare(known.map((seq) => KEYS.outcome(key, seq)))
  for (const seq of known) yield { seq, outcome: await tx.get<Outcome>(KEYS.outcome(key, seq)) }
}

async function* failed(tx: Tx, { key }: JobRow, statuses: readonly ItemStatus[]): AsyncGenerator<Candidate> {
  for (const status of new Set(statuses)) {
    const prefix = KEYS.failed(key, status)
    for await (const place of walkKeys(tx, { ...startingWith(prefix), chunk: CHUNK })) {
      const seq = Number(place.slice(prefix.length))
      yield { seq, outcome: await tx.get<Outcome>(KEYS.outcome(key, seq)) }
    }
  }
}

async function* everyItem(tx: Tx, { key, counters }: JobRow): AsyncGenerator<Candidate> {
  for (let from = 0; from < counters.received; from += CHUNK) {
    const until = Math.min(from + CHUNK, counters.received)
    const chunk = { gte: KEYS.outcome(key, from), lt: KEYS.outcome(key, until) }
    const outcomes = new Map(await tx.entries<Outcome>(chunk))
    for (let seq = from; seq < until; seq++) yield { seq, outcome: outcomes.get(KEYS.outcome(key, seq)) }
  }
}
