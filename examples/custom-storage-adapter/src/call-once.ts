import { type Once, requireSameRequest, type StoredAnswer } from '@broadside/core'
import { KEYS } from './keys.js'
import type { Tx } from './tx.js'

export interface OnceParams<Answer> {
  readonly once: Once | undefined
  readonly call: () => Promise<Answer>
  /** False for an answer that refuses: it is not stored. */
  readonly isDone: (answer: Answer) => boolean
}

/** Does a call, or gives the stored answer of its key. Look, call and storing are one transaction. */
export async function callOnce<Answer>(
  tx: Tx,
  { once, call, isDone }: OnceParams<Answer>,
): Promise<{ readonly answer: Answer; readonly replayed: boolean }> {
  if (!once) return { answer: await call(), replayed: false }
  const stored = await findAnswer(tx, once)
  if (!stored) {
    const answer = await call()
    if (isDone(answer)) await keepAnswer(tx, once, JSON.stringify(answer))
    return { answer, replayed: false }
  }
  requireSameRequest(stored, once)
  return { answer: JSON.parse(stored.answer) as Answer, replayed: true }
}

interface KeptAnswer extends StoredAnswer {
  readonly keepUntil: number
}

export async function findAnswer(tx: Tx, { key, now }: Pick<Once, 'key' | 'now'>): Promise<StoredAnswer | undefined> {
  const kept = await tx.get<KeptAnswer>(KEYS.answer(key))
  return kept && kept.keepUntil >= now ? { requestHash: kept.requestHash, answer: kept.answer } : undefined
}

async function keepAnswer(tx: Tx, { key, requestHash, keepUntil }: Once, answer: string): Promise<void> {
  const former = await tx.get<KeptAnswer>(KEYS.answer(key))
  if (former) tx.del(KEYS.answerEnd(former.keepUntil, key)) // or a sweep would take the new one with it
  const kept: KeptAnswer = { requestHash, answer, keepUntil }
  tx.put(KEYS.answer(key), kept)
  tx.put(KEYS.answerEnd(keepUntil, key), key)
}
