import { describe, expect, it } from 'vitest'
import { type PostgresStorageOptions, postgresStorage } from './index.js'

describe('the options', () => {
  it.each([
    { poolSize: 0 },
    { poolSize: -1 },
    { poolSize: 1.5 },
    { poolSize: Number.NaN },
    { poolSize: '5' },
    { size: 3 },
  ])('%j are refused', (options) => {
    expect(() => postgresStorage('postgres://localhost/x', options as PostgresStorageOptions)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT' }),
    )
  })

  it('may say undefined', () => {
    expect(() => postgresStorage('postgres://localhost/x', { poolSize: undefined, schema: undefined })).not.toThrow()
  })
})
