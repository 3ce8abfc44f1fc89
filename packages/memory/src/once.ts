import { type Once, requireSameRequest, type StoredAnswer } from '@broadside/core'
import type { Store } from './store.js'

/** A stored answer and how long it stays. */
export interface KeptAnswer extends StoredAnswer {
  readonly key: string
  readonly keepUntil: number
}

/** What an idempotent call answered, and whether an earlier one had answered it. */
export interface OnceResult<Answer> {
  readonly answer: Answer
  readonly replayed: boolean
}

export interface OnceParams<Answer> {
  readonly once: Once | undefined
  readonly call: () => Answer
  /** False for an answer that refuses: those are not stored. */
  readonly isDone: (answer: Answer) => boolean
}

/** Makes `call` unless its key has an answer already; stores the answer under the key. */
export function callOnce<Answer>(store: Store, { once, call, isDone }: OnceParams<Answer>): OnceResult<Answer> {
  if (!once) return { answer: call(), replayed: false }
  const kept = findAnswer(store, once)
  if (kept) return { answer: replay<Answer>(kept, once), replayed: true }
  const answer = call()
  if (isDone(answer)) keep(store, once, JSON.stringify(answer))
  return { answer, replayed: false }
}

/** The answer kept under `key`, while it is not past its `keepUntil`. */
export function findAnswer(store: Store, { key, now }: Pick<Once, 'key' | 'now'>): KeptAnswer | undefined {
  const kept = store.answers.get(key)
  return kept && kept.keepUntil >= now ? kept : undefined
}

function keep(store: Store, { key, requestHash, keepUntil }: Once, answer: string): void {
  const kept = { key, requestHash, answer, keepUntil }
  store.answers.set(key, kept)
  store.answersByEnd.push(kept)
}

function replay<Answer>(kept: KeptAnswer, once: Once): Answer {
  requireSameRequest(kept, once)
  return JSON.parse(kept.answer) as Answer
}
