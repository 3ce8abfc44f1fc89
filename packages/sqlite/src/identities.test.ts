import { seqInWave } from '@broadside/core'
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

  it('of an item that has several let it in only where all of them are new, whatever their hashes', () => {
    const entry = fc.record({ own: identity, also: fc.option(fc.array(identity, { maxLength: 3 })), wave: fc.nat(2) })
    fc.assert(
      fc.property(
        fc.array(fc.array(entry, { maxLength: 40 }), { maxLength: 4 }),
        fc.integer({ min: 1, max: 5 }),
        (calls, hashes) => {
          const db = databaseWithJob()
          const known = new Set<string>()
          const places: [number, number, number] = [0, 0, 0]
          const added: { readonly recipient: string; readonly seq: number }[] = []
          for (const [call, entries] of calls.entries()) {
            const duplicates: number[] = []
            for (const [index, { own, also, wave }] of entries.entries()) {
              const texts = [own, ...(also ?? [])]
              if (texts.some((text) => known.has(text))) {
                duplicates.push(index)
                continue
              }
              for (const text of texts) known.add(text)
              const place = places[wave] ?? 0
              places[wave] = place + 1
              added.push({ recipient: `${call}.${index}`, seq: seqInWave(wave, place) })
            }
            const items = entries.map(({ own, also, wave }, index) => {
              return { ...newItem('x'), identity: own, also: also ?? undefined, wave, recipient: `${call}.${index}` }
            })
            const params = { jobId: 'job-1', items, duplicateCode: 'D' }
            const result = runAtOnce(addItems(db, params, (one) => one.length % hashes))
            expect(result).toEqual({ added: entries.length - duplicates.length, duplicates })
          }
          const { items } = runAtOnce(listItems(db, { jobId: 'job-1', limit: 1_000 }))
          const listed = items.map(({ recipient, seq }) => ({ recipient, seq }))
          expect(listed).toEqual([...added].sort((a, b) => a.seq - b.seq))
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
