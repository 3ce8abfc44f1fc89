import type { ClaimedItem, Settlement } from '@broadside/core'
import fc from 'fast-check'
import type { ModelItem } from './model-item.js'
import type { ModelJob } from './model-job.js'

/** What is to become of an item, before it is known which one. */
export interface Outcome {
  readonly to: Settlement['to']
  readonly counted: boolean
  readonly delay: number
  readonly code: string
  readonly trail: string | undefined
}

export const OUTCOME: fc.Arbitrary<Outcome> = fc.record({
  to: fc.constantFrom<Settlement['to'][]>('enqueued', 'pending', 'pending', 'error', 'uncertain', 'skipped'),
  counted: fc.boolean(),
  delay: fc.nat({ max: 30 }),
  code: fc.constantFrom('X', 'Y', 'SMTP_450'),
  trail: fc.option(fc.constantFrom('{"email":1}', '{"sms":2}'), { nil: undefined }),
})

/** The settlement of `item` that an outcome stands for. */
export function settlementOf(item: Pick<ClaimedItem, 'seq' | 'attempts'>, outcome: Outcome, now: number): Settlement {
  const { to, counted, delay, code, trail } = outcome
  return {
    seq: item.seq,
    to,
    attempts: item.attempts + (counted ? 1 : 0),
    channel: counted ? 'email' : undefined,
    trail,
    ...(to === 'pending' ? { nextAttemptAt: now + delay } : {}),
    ...(to === 'enqueued' ? { receipt: `receipt-${item.seq}` } : { code, reason: `because of ${code}` }),
  }
}

/** What a settlement makes of an item. */
export function applySettlement(job: ModelJob, item: ModelItem, settlement: Settlement, now: number): void {
  const { to, attempts, trail, channel, receipt, code, reason, nextAttemptAt } = settlement
  Object.assign(item, { status: to, attempts, trail, channel, receipt, code, reason })
  item.holder = undefined
  item.settledAt = to === 'pending' ? undefined : now
  item.free.clear()
  if (to !== 'pending') return
  item.source = 'retries'
  item.dueAt = nextAttemptAt ?? now
  if (job.closedAs) closeItem(job, item)
}

/** Gives an open item its job's closing status. */
export function closeItem(job: ModelJob, item: ModelItem): void {
  if (!job.closedAs) return
  item.status = job.closedAs
  item.holder = undefined
  item.code = job.closedCode
  for (const field of ['channel', 'receipt', 'reason', 'settledAt', 'trail'] as const) item.free.add(field)
}
