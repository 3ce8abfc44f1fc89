import { type Once, requireSameRequest, type StoredAnswer } from '@broadside/core'
import { type ColumnText, fromColumn, toColumn } from './column-text.js'
import type { Connection } from './connection.js'
import type { Steps } from './steps.js'
import type { Tables } from './tables.js'

export interface OnceParams<Answer> {
  readonly once: Once | undefined
  readonly call: () => Steps<Answer>
  /** False for an answer that refuses: those are not stored. */
  readonly isDone: (answer: Answer) => boolean
}

/** What an idempotent call answered, and whether an earlier one had answered it. */
export interface OnceResult<Answer> {
  readonly answer: Answer
  readonly replayed: boolean
}

/** Makes the call unless its key has an answer already; stores the answer under the key, in the same transaction. */
export function* callOnce<Answer>(db: Connection, params: OnceParams<Answer>): Steps<OnceResult<Answer>> {
  const { once, call, isDone } = params
  if (!once) return { answer: yield* call(), replayed: false }
  const stored = findAnswer(db, once)
  if (stored) return { answer: replay<Answer>(stored, once), replayed: true }
  const answer = yield* call()
  if (isDone(answer)) keepAnswer(db, once, JSON.stringify(answer))
  return { answer, replayed: false }
}

/** The answer kept under `key`, while it is not past its `keepUntil`. */
export function findAnswer(db: Connection, { key, now }: Pick<Once, 'key' | 'now'>): StoredAnswer | undefined {
  const row = db.row<[requestHash: ColumnText, answer: string]>(FIND, toColumn(key), now)
  return row && { requestHash: fromColumn(row[0]), answer: row[1] }
}

function keepAnswer(db: Connection, { key, requestHash, keepUntil }: Once, answer: string): void {
  db.run(KEEP, toColumn(key), toColumn(requestHash), answer, keepUntil)
}

function replay<Answer>(stored: StoredAnswer, once: Once): Answer {
  requireSameRequest(stored, once)
  return JSON.parse(stored.answer) as Answer
}

const FIND = ({ answers }: Tables) => `select request_hash, answer from ${answers} where key = ? and keep_until >= ?`
const KEEP = ({ answers }: Tables) =>
  `insert or replace into ${answers} (key, request_hash, answer, keep_until) values (?, ?, ?, ?)`
