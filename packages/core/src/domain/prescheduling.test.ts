import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { prepareAt } from './prescheduling.js'

const MINUTE_MS = 60_000

describe('prepareAt', () => {
  it.each([
    ['five minutes early', 60, 0, true, 55],
    ['at once when less than five minutes are left', 3, 0, true, 0],
    ['at once when it is exactly five minutes', 5, 0, true, 0],
    ['when due, without prescheduling', 60, 0, false, 60],
    ['now, when the due instant was missed', 10, 30, false, 30],
    ['now, when it was missed and prescheduled', 10, 30, true, 30],
  ])('is %s', (_, due, now, prescheduled, expected) => {
    const params = { dueAt: due * MINUTE_MS, now: now * MINUTE_MS, prescheduled }
    expect(prepareAt(params)).toBe(expected * MINUTE_MS)
  })

  it('is never in the past, never after the due instant that lies ahead, and never more than five minutes before it', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.boolean(), (dueAt, now, prescheduled) => {
        const at = prepareAt({ dueAt, now, prescheduled })
        expect(at).toBeGreaterThanOrEqual(now)
        expect(at).toBeLessThanOrEqual(Math.max(now, dueAt))
        expect(at).toBeGreaterThanOrEqual(dueAt - 5 * MINUTE_MS)
      }),
    )
  })
})
