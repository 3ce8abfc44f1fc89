import Database from 'better-sqlite3'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromColumn, toColumn } from './column-text.js'
import { Connection } from './connection.js'
import { tablesOf } from './tables.js'

/** Any text at all: lone surrogates, NUL, and what looks like our own encoding. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('a', '\0', '\ud83d', '\udce3', '\ufffd', '\u00e9', 'e\u0301'), { maxLength: 4 })
    .map((parts) => parts.join('')),
)

describe('a text in a column', () => {
  const db = new Connection(new Database(':memory:'), tablesOf('broadside_'))
  db.exec('create table texts (id integer primary key, value text not null)')

  it('comes back as it went in', () => {
    fc.assert(
      fc.property(text, (value) => {
        db.run(() => 'insert or replace into texts values (1, ?)', toColumn(value))
        const [stored] = db.row<[string | Uint8Array]>(() => 'select value from texts where id = 1') ?? ['']
        expect(fromColumn(stored)).toBe(value)
      }),
    )
  })

  it('equals itself and no other', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const [equal] = db.row<[number]>(() => 'select ? = ?', toColumn(a), toColumn(b)) ?? [-1]
        expect(equal).toBe(a === b ? 1 : 0)
      }),
    )
  })
})
