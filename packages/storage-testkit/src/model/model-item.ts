import type { ItemRecord, ItemStatus, NewItem } from '@broadside/core'
import type { ModelLease } from './model-lease.js'

/** A field that the contract leaves to the adapter, in the state that the item is in. */
export type FreeField = 'channel' | 'receipt' | 'reason' | 'settledAt' | 'trail'

/** What the model knows of an item: everything is written out, nothing is derived from its job. */
export interface ModelItem {
  readonly seq: number
  readonly wave: number
  readonly identity: string
  readonly recipient: string
  readonly messageId: string
  readonly payload: string
  status: ItemStatus
  attempts: number
  trail: string | undefined
  channel: string | undefined
  receipt: string | undefined
  code: string | undefined
  reason: string | undefined
  settledAt: number | undefined
  /** Where a claim finds it while it is pending and nobody holds it. */
  source: 'range' | 'retries'
  /** From when on it may be claimed; never with `Infinity`, until its wave is given an instant. */
  dueAt: number
  /** The lease that covers it. */
  holder: ModelLease | undefined
  /** The token of the last claim that had it. */
  lastToken: string | undefined
  /** The tokens that have settled it themselves. */
  readonly settledBy: Set<string>
  /** A person has changed it since it was last claimed. */
  revised: boolean
  /** The most items of a claim that takes it, after a reap. */
  bound: number
  readonly free: Set<FreeField>
}

export function newModelItem(seq: number, { identity, recipient, messageId, payload, wave = 0 }: NewItem): ModelItem {
  return {
    seq,
    wave,
    identity,
    recipient,
    messageId,
    payload,
    status: 'pending',
    attempts: 0,
    trail: undefined,
    channel: undefined,
    receipt: undefined,
    code: undefined,
    reason: undefined,
    settledAt: undefined,
    source: 'range',
    dueAt: Number.NEGATIVE_INFINITY,
    holder: undefined,
    lastToken: undefined,
    settledBy: new Set(),
    revised: false,
    bound: Number.POSITIVE_INFINITY,
    free: new Set(),
  }
}

/** Every way in which the item may be read back, field by field. */
export function allowedReadings(item: ModelItem): {
  readonly [field in keyof ItemRecord]-?: readonly unknown[] | 'any'
} {
  const kept = (field: FreeField) => (item.free.has(field) ? 'any' : [item[field]])
  return {
    seq: [item.seq],
    recipient: [item.recipient],
    messageId: [item.messageId],
    payload: [item.payload],
    status: [item.status],
    attempts: [item.attempts],
    trail: kept('trail'),
    channel: kept('channel'),
    receipt: kept('receipt'),
    code: [item.code],
    reason: kept('reason'),
    settledAt: kept('settledAt'),
    nextAttemptAt: nextAttempts(item),
  }
}

/** A retry shows its instant; while it is held, an adapter may have taken it out of the queue. */
function nextAttempts(item: ModelItem): readonly (number | undefined)[] {
  if (item.status !== 'pending' || item.source === 'range') return [undefined]
  return item.holder ? [item.dueAt, undefined] : [item.dueAt]
}

export function isClaimable(item: ModelItem, now: number): boolean {
  return item.status === 'pending' && item.holder === undefined && item.dueAt <= now
}
