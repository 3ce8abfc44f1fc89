import { describe, expect, it } from 'vitest'
import { ConnectFailure, DriverFailure } from './driver-failure.js'

const coded = (code: string | undefined) => new DriverFailure(Object.assign(new Error('so it is'), { code }))

describe('what the driver threw', () => {
  it.each(['40001', '40P01'])('%s is a conflict', (code) => {
    expect([coded(code).isConflict, coded(code).isConnectionLost]).toEqual([true, false])
  })

  it.each(['08006', '25P03', '57P01', '57P03', 'ECONNRESET', 'EAI_AGAIN', undefined])(
    '%s is a lost connection',
    (code) => {
      expect([coded(code).isConflict, coded(code).isConnectionLost]).toEqual([false, true])
    },
  )

  it.each(['23505', '42P01', '57014', '53300'])('%s is neither', (code) => {
    expect([coded(code).isConflict, coded(code).isConnectionLost]).toEqual([false, false])
  })

  it('never carries a connection string', () => {
    const cause = Object.assign(new TypeError('Invalid URL'), {
      input: 'postgres://ann:s3cret@',
      code: 'ERR_INVALID_URL',
    })
    const failure = new ConnectFailure(cause)
    expect(failure.code).toBe('ERR_INVALID_URL')
    expect(failure.cause).not.toHaveProperty('input')
  })
})
