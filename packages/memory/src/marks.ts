import type { MarkParams } from '@broadside/core'
import type { Store } from './store.js'

/** Says that a call is running. */
export interface Mark {
  readonly token: string
  readonly leaseUntil: number
}

export function acquireMark(store: Store, { key, token, now, leaseUntil }: MarkParams): boolean {
  const mark = store.marks.get(key)
  if (mark && mark.token !== token && mark.leaseUntil > now) return false
  store.marks.set(key, { token, leaseUntil })
  return true
}

export function releaseMark(store: Store, { key, token }: Pick<MarkParams, 'key' | 'token'>): void {
  if (store.marks.get(key)?.token === token) store.marks.delete(key)
}
