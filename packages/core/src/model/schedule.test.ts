import { describe, expect, it } from 'vitest'
import { scheduleSchema } from './schedule.js'

function issuesOf(input: unknown): string[] {
  const parsed = scheduleSchema.safeParse(input)
  return (parsed.error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`)
}

describe('scheduleSchema', () => {
  it.each([
    [{ type: 'immediate' }, { type: 'immediate', prescheduled: false }],
    [
      { type: 'relative', in: '5 minutes' },
      { type: 'relative', in: '5 minutes', prescheduled: false },
    ],
    [
      { type: 'absolute', at: '2020-10-18T10:59:32.340Z', prescheduled: true },
      { type: 'absolute', at: '2020-10-18T10:59:32.340Z', prescheduled: true },
    ],
    [
      { type: 'absolute', at: '2018-01-24 16:10:08', scheduleType: 'contactTZ', pastPolicy: 'skip' },
      {
        type: 'absolute',
        at: '2018-01-24 16:10:08',
        scheduleType: 'contactTZ',
        pastPolicy: 'skip',
        prescheduled: false,
      },
    ],
  ])('takes %j', (input, expected) => {
    expect(scheduleSchema.parse(input)).toEqual(expected)
  })

  it.each([
    [{ type: 'relative', in: '-1 day' }, /^in: "-1 day" is not a time from now.+the grammar is \^/],
    [{ type: 'relative', in: '99999999999999999999 years' }, /^in: .+outside the range of dates/],
    [{ type: 'relative', in: 5 }, /^in: /],
    [{ type: 'relative' }, /^in: /],
    [{ type: 'absolute', at: '2018-01-2316:10:08' }, /^at: "2018-01-2316:10:08" is not a date and time/],
    [{ type: 'absolute', at: '2023-02-30T00:00:00Z' }, /^at: .+does not exist/],
    [{ type: 'absolute', at: '+999999-01-01T00:00:00Z' }, /^at: .+outside the range/],
    [{ type: 'absolute', at: '2018-01-24 16:10:08', pastPolicy: 'skip' }, /^pastPolicy: only goes with scheduleType/],
    [{ type: 'absolute', at: '2018-01-24 16:10:08', scheduleType: 'UTC' }, /^scheduleType: /],
    [{ type: 'relative', in: '1 day', scheduleType: 'contactTZ' }, /scheduleType/],
    [{ type: 'immediate', at: '2018-01-24 16:10:08' }, /at/],
    [{ type: 'recurring' }, /^type: /],
    ['2 days', /^: /],
  ])('refuses %j and says where', (input, message) => {
    const issues = issuesOf(input)
    expect(issues).toHaveLength(1)
    expect(issues[0]).toMatch(message)
  })
})
