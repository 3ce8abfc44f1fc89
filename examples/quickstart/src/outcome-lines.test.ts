import type { Item } from '@broadside/core'
import { describe, expect, it } from 'vitest'
import { itemLine, turnedAwayLine } from './outcome-lines.js'
import { type CsvUser, ORIGIN } from './recipients-csv.js'

const ITEM: Item = { seq: 1, recipient: 'r1', messageId: 'm1', status: 'enqueued', attempts: 1 }

describe('what became of a recipient', () => {
  it('is one line', () => {
    const to = { email: 'ann@example.com' }
    expect(itemLine({ ...ITEM, to })).toBe('enqueued   ann@example.com')
    expect(itemLine({ ...ITEM, to, status: 'error', code: 'SMTP_550', reason: 'No such\r\nperson \x1b[31m' })).toBe(
      'error      ann@example.com  SMTP_550  No such person  [31m',
    )
    expect(itemLine({ ...ITEM, to: { email: '  ' }, status: 'skipped', code: 'NO_ADDRESS' })).toBe(
      'skipped    (no address) r1  NO_ADDRESS',
    )
  })
})

describe('what became of a row that was turned away', () => {
  const base = { error: 'to.email is not an e-mail address', code: 'INVALID_ADDRESS', index: 3 } as const
  const user: CsvUser = { to: { email: 'ann@' }, [ORIGIN]: { line: 7 } }

  it('is one line, with the line of the file', () => {
    expect(turnedAwayLine({ ...base, user })).toBe('rejected   line 7  ann@  to.email is not an e-mail address')
    expect(turnedAwayLine({ ...base, user, code: 'DUPLICATE_USER', error: 'Duplicate user' })).toBe(
      'duplicate  line 7  ann@',
    )
    const ragged: CsvUser = { [ORIGIN]: { line: 9, problem: '1 cell where the header has 2' }, toJSON: () => 'x' }
    expect(turnedAwayLine({ ...base, code: 'INVALID_USER', user: ragged })).toBe(
      'rejected   line 9  1 cell where the header has 2',
    )
  })
})
