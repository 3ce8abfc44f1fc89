import type { SweepParams, SweepResult } from '@broadside/core'
import type { Store } from './store.js'

export function sweep(store: Store, { now, limit }: SweepParams): SweepResult {
  let removed = 0
  const steps = [removeRow, removeAnswer, removeMark]
  while (removed < limit && steps.some((removeOne) => removeOne(store, now))) removed += 1
  return { removed, more: hasMore(store, now) }
}

/** A row is an item of a deleted job, or in the end the job itself. */
function removeRow(store: Store): boolean {
  const job = store.deleted.at(-1)
  if (!job) return false
  if (!job.waves.pop()) store.deleted.pop()
  return true
}

function removeAnswer(store: Store, now: number): boolean {
  const oldest = store.answersByEnd.peek()
  if (!oldest || oldest.keepUntil >= now) return false
  store.answersByEnd.pop()
  if (store.answers.get(oldest.key) === oldest) store.answers.delete(oldest.key)
  return true
}

function removeMark(store: Store, now: number): boolean {
  for (const [key, mark] of store.marks) {
    if (mark.leaseUntil <= now) return store.marks.delete(key)
  }
  return false
}

function hasMore(store: Store, now: number): boolean {
  const oldest = store.answersByEnd.peek()
  return store.deleted.length > 0 || (oldest !== undefined && oldest.keepUntil < now)
}
