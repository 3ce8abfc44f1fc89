import { type Once, requireSameRequest, type StoredAnswer } from '@broadside/core'
import { fromColumn, toColumn } from './column-text.js'
import { digest } from './digest.js'
import type { Session, Sql } from './session.js'

export interface OnceParams<Answer> {
  readonly once: Once | undefined
  readonly call: () => Promise<Answer>
  /** False for an answer that refuses: those are not stored. */
  readonly isDone: (answer: Answer) => boolean
}

/** What an idempotent call answered, and whether an earlier one had answered it. */
export interface OnceResult<Answer> {
  readonly answer: Answer
  readonly replayed: boolean
}

/**
 * Makes the call unless its key has an answer already; stores the answer under the key, in the same transaction. The key is taken
 * before anything else: a second caller waits there until the first one's transaction has ended, and then has its answer.
 */
export async function callOnce<Answer>(session: Session, params: OnceParams<Answer>): Promise<OnceResult<Answer>> {
  const { once, call, isDone } = params
  if (!once) return { answer: await call(), replayed: false }
  const stored = await takeKey(session, once)
  if (stored) return { answer: replay<Answer>(stored, once), replayed: true }
  const answer = await call()
  if (isDone(answer)) await session.run(KEEP, digest(once.key), JSON.stringify(answer))
  else await session.run(FORGET, digest(once.key))
  return { answer, replayed: false }
}

/** The answer kept under `key`, while it is not past its `keepUntil`. */
export async function findAnswer(
  session: Session,
  { key, now }: Pick<Once, 'key' | 'now'>,
): Promise<StoredAnswer | undefined> {
  const row = await session.row<[requestHash: string, answer: string]>(FIND, digest(key), now)
  return row && { requestHash: fromColumn(row[0]), answer: row[1] }
}

/** Takes the key, or returns the answer that is kept under it. */
async function takeKey(session: Session, once: Once): Promise<StoredAnswer | undefined> {
  const { key, requestHash, now, keepUntil } = once
  for (;;) {
    if ((await session.run(TAKE, digest(key), toColumn(requestHash), keepUntil, now)) > 0) return undefined
    // A sweep may take an answer away in between.
    const stored = await findAnswer(session, once)
    if (stored) return stored
  }
}

function replay<Answer>(stored: StoredAnswer, once: Once): Answer {
  requireSameRequest(stored, once)
  return JSON.parse(stored.answer) as Answer
}

const FIND: Sql = (s) => `select request_hash, answer from ${s}.answers where key_hash = $1 and keep_until >= $2`
const TAKE: Sql = (s) => `
  insert into ${s}.answers as kept (key_hash, request_hash, answer, keep_until) values ($1, $2, '', $3)
  on conflict (key_hash) do update
  set request_hash = excluded.request_hash, answer = excluded.answer, keep_until = excluded.keep_until
  where kept.keep_until < $4`
const KEEP: Sql = (s) => `update ${s}.answers set answer = $2 where key_hash = $1`
const FORGET: Sql = (s) => `delete from ${s}.answers where key_hash = $1`
