import { describe, expect, it } from 'vitest'
import { checkSchemaName } from './schema-name.js'

const HOSTILE = ['', ' ', 'a b', 'a.b', '"', 'x"; drop schema public', "x'", 'a\0', '1st', 'pg_temp', 'PG_x']

describe('the name of a schema', () => {
  it.each(['broadside', 'Broadside_2', 'mail-queue', 'büro', '_$', 'x'.repeat(63)])('%s can be used', (name) => {
    expect(checkSchemaName(name)).toBe(name)
  })

  it.each([...HOSTILE, 'information_schema', 'x'.repeat(64), 'ü'.repeat(32)])('%j is refused', (name) => {
    expect(() => checkSchemaName(name)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
  })
})
