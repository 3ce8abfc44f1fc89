import type { ItemStatus } from '@broadside/core'
import { exact, num, ordered } from './encoding.js'

/** Where everything is kept; `key` is a job's number. What stands under `ofJob` goes when the job is swept. */
export const KEYS = {
  nextJob: 'next-job',
  jobId: (id: string) => `job-id!${exact(id)}`,
  newest: 'newest!',
  newestJob: (createdAt: number, id: string) => `newest!${num(createdAt)}!${ordered(id)}`,
  processing: 'processing!',
  processingJob: (key: number) => `processing!${num(key)}`,
  leaseEnds: 'lease-end!',
  /** Where the ends of leases behind `instant` begin. */
  leaseEndsAfter: (instant: number) => `lease-end!${num(instant)}~`,
  leaseEnd: ({ leaseUntil, key, token }: LeaseEndParts) => `lease-end!${num(leaseUntil)}!${num(key)}!${exact(token)}`,
  answer: (key: string) => `answer!${exact(key)}`,
  answerEnds: 'answer-end!',
  answerEndsFrom: (instant: number) => `answer-end!${num(instant)}`,
  answerEnd: (keepUntil: number, key: string) => `answer-end!${num(keepUntil)}!${exact(key)}`,
  mark: (key: string) => `mark!${exact(key)}`,
  markEnds: 'mark-end!',
  markEndsAfter: (instant: number) => `mark-end!${num(instant)}~`,
  markEnd: (leaseUntil: number, key: string) => `mark-end!${num(leaseUntil)}!${exact(key)}`,
  graves: 'grave!',
  grave: (key: number) => `grave!${num(key)}`,
  ofJob: (key: number) => `of!${num(key)}!`,
  row: (key: number) => `of!${num(key)}!row`,
  content: (key: number) => `of!${num(key)}!content`,
  item: (key: number, seq: number) => `of!${num(key)}!item!${num(seq)}`,
  identity: (key: number, identity: string) => `of!${num(key)}!identity!${exact(identity)}`,
  outcome: (key: number, seq: number) => `of!${num(key)}!outcome!${num(seq)}`,
  failed: (key: number, status: ItemStatus) => `of!${num(key)}!failed!${status}!`,
  failedItem: (key: number, status: ItemStatus, seq: number) => `of!${num(key)}!failed!${status}!${num(seq)}`,
  waiting: (key: number) => `of!${num(key)}!waiting!`,
  waitingItem: (key: number, nextAttemptAt: number, seq: number) =>
    `of!${num(key)}!waiting!${num(nextAttemptAt)}!${num(seq)}`,
  /** Where the retries behind `instant` begin. */
  waitingAfter: (key: number, instant: number) => `of!${num(key)}!waiting!${num(instant)}~`,
  ranges: (key: number) => `of!${num(key)}!range!`,
  range: (key: number, lastSeq: number) => `of!${num(key)}!range!${num(lastSeq)}`,
  leases: (key: number) => `of!${num(key)}!lease!`,
  lease: (key: number, token: string) => `of!${num(key)}!lease!${exact(token)}`,
  codes: (key: number) => `of!${num(key)}!code!`,
  code: (key: number, code: string) => `of!${num(key)}!code!${exact(code)}`,
} as const

interface LeaseEndParts {
  readonly leaseUntil: number
  readonly key: number
  readonly token: string
}

/** All keys that begin with `prefix`. No part of a key begins with a character behind `~`. */
export function startingWith(prefix: string): { readonly gte: string; readonly lt: string } {
  return { gte: prefix, lt: `${prefix}~` }
}
