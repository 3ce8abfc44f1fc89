import type { MarkParams } from '@broadside/core'
import { KEYS } from './keys.js'
import type { Tx } from './tx.js'

type Mark = Pick<MarkParams, 'token' | 'leaseUntil'>

export async function acquireMark(tx: Tx, { key, token, now, leaseUntil }: MarkParams): Promise<boolean> {
  const former = await tx.get<Mark>(KEYS.mark(key))
  if (former && former.leaseUntil > now && former.token !== token) return false
  if (former) tx.del(KEYS.markEnd(former.leaseUntil, key)) // or a sweep would take the new one with it
  const mark: Mark = { token, leaseUntil }
  tx.put(KEYS.mark(key), mark)
  tx.put(KEYS.markEnd(leaseUntil, key), key)
  return true
}

export async function releaseMark(tx: Tx, { key, token }: Pick<MarkParams, 'key' | 'token'>): Promise<void> {
  const mark = await tx.get<Mark>(KEYS.mark(key))
  if (mark?.token !== token) return
  tx.del(KEYS.mark(key))
  tx.del(KEYS.markEnd(mark.leaseUntil, key))
}
