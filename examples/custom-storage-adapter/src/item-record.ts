import { FRESH_FREE, FRESH_HELD, type ItemRecord, standingOf } from '@broadside/core'
import type { JobRow } from './job-row.js'
import type { Outcome } from './outcome.js'
import type { PlacedItem } from './stored-item.js'

/** An item as it reads; `isHeld` says whether a lease covers it while it is fresh. */
export function itemRecord(job: JobRow, placed: PlacedItem, isHeld: (seq: number) => boolean): ItemRecord {
  const { seq, stored, outcome } = placed
  const state = outcome ?? (isHeld(seq) ? FRESH_HELD : FRESH_FREE)
  const { status, code } = standingOf(job, state)
  const { attempts = 0, trail, channel, receipt, ...rest }: Partial<Outcome> = outcome ?? {}
  const { nextAttemptAt, reason, settledAt } = status === state.status ? rest : { settledAt: job.finishedAt }
  const { recipient, messageId, payload } = stored
  return {
    ...{ seq, recipient, messageId, payload, attempts, trail },
    ...{ status, nextAttemptAt, channel, receipt, code, reason, settledAt },
  }
}
