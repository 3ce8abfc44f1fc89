import type { ClaimSource } from '@broadside/core'
import type { ModelItem } from './model-item.js'
import type { ModelJob } from './model-job.js'

/** A claim that was answered. It is held as long as it covers an item. */
export interface ModelLease {
  readonly token: string
  readonly job: ModelJob
  readonly source: ClaimSource
  /** What it was handed out with. */
  readonly items: readonly ModelItem[]
  leaseUntil: number
  startedThrough: number
}

export function coveredBy(lease: ModelLease): readonly ModelItem[] {
  return lease.items.filter((item) => item.holder === lease)
}

export function isHeld(lease: ModelLease | undefined): lease is ModelLease {
  return lease !== undefined && coveredBy(lease).length > 0
}

/** Of what a lease covers, the items that count as started. */
export function startedOf(lease: ModelLease): readonly ModelItem[] {
  return coveredBy(lease).filter(({ seq }) => seq <= lease.startedThrough)
}
