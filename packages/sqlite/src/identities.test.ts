import Database from 'better-sqlite3'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newItem, newJob } from '../test/fixtures.js'
import { addItems } from './add-items.js'
import { Connection } from './connection.js'
import { createJob } from './create-job.js'
import { identityHash } from './identity-hash.js'
import { listItems } from './list-items.js'
import { MIGRATIONS } from './schema.js'
import { runAtOnce } from './steps.js'
import { tablesOf } from './tables.js'

function databaseWithJob(): Connection {
  const db = new Connection(new Database(':memory:'), tablesOf('broadside_'))
  for (const migration of MIGRATIONS) db.exec(migration(db.tables))
  runAtOnce(createJob(db, { job: newJob() }))
  return db
}

/** Few hashes, so that identities meet all the time. */
const identity = fc.oneof(
  fc.constantFrom('a', 'b', 'c', 'd', 'e', 'a\0', 'a\0b', '\ud83d', '\udce3', '\ufffd', ''),
  fc.string({ unit: 'binary', maxLength: 3 }),
)

describe('identities', () => {
  it('are told apart by their text where their hashes meet, and nobody is dropped or let in twice', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(identity, { maxLength: 12 }), { maxLength: 6 }),
        fc.integer({ min: 1, max: 5 }),
        (calls, hashes) => {
          const db = databaseWithJob()
          const known = new Set<string>()
          const added: string[] = []
          for (const identities of calls) {
            const duplicates: number[] = []
            identities.forEach((one, index) => {
              if (known.has(one)) duplicates.push(index)
              else added.push(one)
              known.add(one)
            })
            const items = identities.map((one) => ({ ...newItem('x'), identity: one, recipient: one }))
            const params = { jobId: 'job-1', items, duplicateCode: 'D' }
            const result = runAtOnce(addItems(db, params, (one) => one.length % hashes))
            expect(result).toEqual({ added: identities.length - duplicates.length, duplicates })
          }
          const { items } = runAtOnce(listItems(db, { jobId: 'job-1', limit: 1_000 }))
          expect(items.map(({ recipient }) => recipient)).toEqual(added)
          expect(items.map(({ seq }) => seq)).toEqual(added.map((_, seq) => seq))
        },
      ),
      { numRuns: 200 },
    )
  })

  it('hash to whole numbers that a column keeps exactly', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (one) => {
        const hash = identityHash(one)
        expect(Number.isSafeInteger(hash) && hash >= 0 && hash < 2 ** 48).toBe(true)
        expect(identityHash(one)).toBe(hash)
      }),
    )
  })
})
