import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { TestDatabase } from '../test/database.js'
import { literal } from './literal.js'

const database = await TestDatabase.start()
afterAll(() => database.stop())

const TEXT = fc.array(fc.constantFrom('a', "'", '\\', '"', '$1', '{', ',', '\n', 'é', '--', ';', '\\x'), {
  maxLength: 8,
})

describe('a value in the text of a statement', () => {
  it.each(['on', 'off'])('is what it was, with standard_conforming_strings %s', async (setting) => {
    const client = await database.newClient()
    await client.query(`set standard_conforming_strings = ${setting}; set escape_string_warning = off`)
    const property = fc.asyncProperty(fc.array(TEXT, { maxLength: 4 }), async (lists) => {
      const texts = lists.map((parts) => parts.join(''))
      const { rows } = await client.query(
        `select ${literal(texts)}::text[] as list, ${literal(texts[0] ?? null)}::text as one`,
      )
      expect(rows).toEqual([{ list: texts, one: texts[0] ?? null }])
    })
    await fc.assert(property, { numRuns: 60 })
  })

  it('may be a number that is exact, a truth, nothing, or bytes', async () => {
    const client = await database.newClient()
    const at = 1_700_000_000_000.125
    const list = `${literal(at)}::float8 = ${at}, ${literal(-1)}::bigint, ${literal(true)}::boolean, ${literal(null)}::text`
    const { rows } = await client.query({
      text: `select ${list}, ${literal(Buffer.from([0, 39, 92]))}::bytea, ${literal([Buffer.from([39, 92])])}::bytea[]`,
      rowMode: 'array',
    })
    expect(rows).toEqual([[true, '-1', true, null, Buffer.from([0, 39, 92]), [Buffer.from([39, 92])]]])
  })
})
