import type { SweepParams, SweepResult } from '@broadside/core'
import { KEYS, startingWith } from './keys.js'
import type { Tx } from './tx.js'
import { walk, walkKeys } from './walk.js'

const CHUNK = 500

/** Keys that go together, and count as one. */
type Rest = readonly string[]

export async function sweep(tx: Tx, { now, limit }: SweepParams): Promise<SweepResult> {
  let removed = 0
  for await (const rest of rests(tx, now)) {
    if (removed === limit) return { removed, more: true }
    for (const key of rest) tx.del(key)
    removed += 1
  }
  return { removed, more: false }
}

async function* rests(tx: Tx, now: number): AsyncGenerator<Rest> {
  yield* deletedJobs(tx)
  const answers = { gte: KEYS.answerEnds, lt: KEYS.answerEndsFrom(now), chunk: CHUNK }
  for await (const [end, key] of walk<string>(tx, answers)) yield [end, KEYS.answer(key)]
  const marks = { gte: KEYS.markEnds, lt: KEYS.markEndsAfter(now), chunk: CHUNK }
  for await (const [end, key] of walk<string>(tx, marks)) yield [end, KEYS.mark(key)]
}

/** All that stands under the number of a deleted job, and at the end its grave. */
async function* deletedJobs(tx: Tx): AsyncGenerator<Rest> {
  for await (const grave of walkKeys(tx, { ...startingWith(KEYS.graves), chunk: CHUNK })) {
    const key = Number(grave.slice(KEYS.graves.length))
    for await (const place of walkKeys(tx, { ...startingWith(KEYS.ofJob(key)), chunk: CHUNK })) yield [place]
    yield [grave]
  }
}
