import { parseISO } from 'date-fns/parseISO'
import { describe, expect, it } from 'vitest'
import { deadlineAt } from './deadline.js'

const utc = (text: string) => parseISO(`${text}Z`).getTime()
const lastDueAt = utc('2024-01-31T12:00:00')

describe('deadlineAt', () => {
  it.each([
    ['2024-02-01T00:00:00Z', 'Asia/Tokyo', '2024-02-01T00:00:00'],
    ['2024-02-01 00:00:00', 'Asia/Tokyo', '2024-01-31T15:00:00'],
    [{ after: '20 minutes' }, 'Asia/Tokyo', '2024-01-31T12:20:00'],
    [{ after: '1 month' }, 'UTC', '2024-02-29T12:00:00'],
  ])('reads %j in %s', (deadline, zone, expected) => {
    expect(deadlineAt({ deadline, lastDueAt, zone })).toBe(utc(expected))
  })

  it('may have passed: that is for the engine to find out', () => {
    expect(deadlineAt({ deadline: '2000-01-01T00:00:00Z', lastDueAt, zone: 'UTC' })).toBe(utc('2000-01-01T00:00:00'))
  })
})
