import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { TestDatabase } from '../test/database.js'
import { arrayLiteral } from './array-literal.js'

const database = await TestDatabase.start()
afterAll(() => database.stop())

const TEXT = fc.oneof(
  fc.constant(null),
  fc.constantFrom('', 'null', 'NULL', '{}', 'a"b\\"', '\\', ' x ', 'a,b', 'é📣'),
  fc.string(),
)

it('Postgres reads the array that was meant', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(TEXT, { maxLength: 6 }), async (texts) => {
      const storable = texts.map((text) => text?.replaceAll('\0', '') ?? null)
      const { rows } = await database.pool.query('select $1::text[] as texts', [arrayLiteral(storable)])
      expect(rows[0].texts).toEqual(storable)
    }),
  )
  const bytes = [Buffer.from([0, 1, 255]), Buffer.alloc(0)]
  const { rows } = await database.pool.query('select $1::bytea[] as bytes, $2::float8[] as numbers', [
    arrayLiteral(bytes),
    arrayLiteral([1, -0.5, 1.7e12, Number.POSITIVE_INFINITY, null]),
  ])
  expect(rows[0].bytes).toEqual(bytes)
  expect(rows[0].numbers).toEqual([1, -0.5, 1.7e12, Number.POSITIVE_INFINITY, null])
})
