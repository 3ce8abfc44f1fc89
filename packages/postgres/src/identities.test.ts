import { waveOfSeq } from '@broadside/core'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { TestDatabase } from '../test/database.js'
import { newItems, newJob } from '../test/jobs.js'
import { addItems } from './add-items.js'
import { settingsOf } from './options.js'
import { PoolSource } from './pool-source.js'
import { Transactions } from './transactions.js'

const database = await TestDatabase.start()
afterAll(() => database.stop())

/** Every identity has one of two hashes. */
const hash = (identity: string) => BigInt(identity.length % 2)

describe('identities whose hashes are the same', () => {
  it('are told apart by their texts, within a call and across calls', async () => {
    const schema = database.newSchema()
    const storage = await database.open({ schema })
    await storage.createJob({ job: newJob() })
    const transactions = new Transactions({ source: new PoolSource(database.newPool(2)), ...settingsOf({ schema }) })
    const add = (from: number, count: number) =>
      transactions.write((session) =>
        addItems(session, { jobId: 'job-1', items: newItems(count, from), duplicateCode: 'D' }, { hash }),
      )
    expect(await add(5, 10)).toEqual({ added: 10, duplicates: [] })
    expect(await add(0, 20)).toEqual({ added: 10, duplicates: [5, 6, 7, 8, 9, 10, 11, 12, 13, 14] })
    const [item] = newItems(1, 50)
    const twice = item ? [item, ...newItems(1, 51), item] : []
    expect(
      await transactions.write((session) =>
        addItems(session, { jobId: 'job-1', items: twice, duplicateCode: 'D' }, { hash }),
      ),
    ).toEqual({ added: 2, duplicates: [2] })
    const { items } = await storage.listItems({ jobId: 'job-1', limit: 100 })
    const order = [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0, 1, 2, 3, 4, 15, 16, 17, 18, 19, 50, 51]
    expect(items.map(({ recipient }) => Number(recipient))).toEqual(order)
    await storage.close()
  })

  it('let an item that has several in only where all of them are new', async () => {
    const schema = database.newSchema()
    const storage = await database.open({ schema })
    const transactions = new Transactions({ source: new PoolSource(database.newPool(2)), ...settingsOf({ schema }) })
    const identity = fc.string({ unit: fc.constantFrom('a', 'b', '\0', '\x1f'), maxLength: 3 })
    const entry = fc.record({ own: identity, also: fc.option(fc.array(identity, { maxLength: 3 })), wave: fc.nat(2) })
    let runs = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(entry, { maxLength: 20 }), { maxLength: 4 }),
        fc.integer({ min: 1, max: 5 }),
        async (calls, hashes) => {
          const jobId = `run-${runs}`
          runs += 1
          await storage.createJob({ job: newJob(jobId) })
          const known = new Set<string>()
          const added: { readonly recipient: string; readonly wave: number }[] = []
          for (const [call, entries] of calls.entries()) {
            const items = entries.map(({ own, also, wave }, index) => {
              const recipient = `${call}.${index}`
              return { identity: own, also: also ?? undefined, wave, recipient, messageId: 'm', payload: '{}' }
            })
            const duplicates = items.flatMap(({ identity: own, also = [], recipient, wave }, index) => {
              const texts = [own, ...also]
              if (texts.some((text) => known.has(text))) return [index]
              for (const text of texts) known.add(text)
              added.push({ recipient, wave })
              return []
            })
            const params = { jobId, items, duplicateCode: 'D' }
            const result = await transactions.write((session) =>
              addItems(session, params, { hash: (text) => BigInt(text.length % hashes) }),
            )
            expect(result).toEqual({ added: entries.length - duplicates.length, duplicates })
          }
          const { items } = await storage.listItems({ jobId, limit: 1_000 })
          const listed = items.map(({ recipient, seq }) => ({ recipient, wave: waveOfSeq(seq) }))
          expect(listed).toEqual([...added].sort((a, b) => a.wave - b.wave))
        },
      ),
      { numRuns: 40 },
    )
    await storage.close()
  })
})
