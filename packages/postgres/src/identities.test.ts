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
})
