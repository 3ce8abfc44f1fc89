import type { StorageCapabilities } from '@broadside/core'
import type { CaseBody } from '../conformance-case.js'
import type { Harness } from '../harness.js'
import { type Comparison, compareWork, type MeasuredCalls } from './comparison.js'

/** Rows beside the items: a job, a lease, a range, a few codes. */
export const FEW_ROWS = 10
/** More than these a call does not read for an item, nor write: indexes that are kept as rows included. */
export const ROWS_AN_ITEM = 8

function needs(_: StorageCapabilities, harness: Harness): string | undefined {
  return harness.work ? undefined : 'the harness counts no work'
}

export interface WorkCase {
  readonly guarantee: string
  readonly calls: MeasuredCalls
  /** What is to hold besides: that no call costs more with more settled items is always checked. */
  readonly judge?: (comparison: Comparison) => void
}

/** A case that counts what calls cost, beside what it says by itself: none may cost more where more has been settled. */
export function counting({ guarantee, calls, judge }: WorkCase): CaseBody {
  return {
    guarantee,
    needs,
    check: async (_, harness) => {
      const comparison = await compareWork(harness, calls)
      comparison.assertSteady()
      judge?.(comparison)
    },
  }
}
