import { type Broadside, createBroadside } from '@broadside/core'
import { postgresStorage } from '@broadside/postgres'
import pg from 'pg'
import { printingChannel } from './printing-channel.js'
import { recallProduct } from './recall-product.js'
import { openShop, recallsIn } from './shop.js'
import { inTransaction } from './transaction.js'

export interface ShowOptions {
  readonly url: string
  /** The schema that Broadside's tables are in. */
  readonly schema: string
  readonly print: (line: string) => void
}

const RECALL = { product: 'kettle', advice: 'Please do not use it; we will send you another one.' }

/** The same recall twice: in a transaction that is rolled back, and in one that commits. */
export async function showBothEnds({ url, schema, print }: ShowOptions): Promise<void> {
  await using broadside = await createBroadside({
    storage: postgresStorage(url, { schema }),
    providers: [printingChannel(print)],
  })
  const client = new pg.Client(url)
  await client.connect()
  try {
    await openShop(client)
    const earlier = await jobsIn(broadside)
    const told = async () =>
      print(`  recalls: ${await recallsIn(client)}, jobs: ${(await jobsIn(broadside)) - earlier}`)

    print('A recall that is rolled back:')
    await inTransaction(client, async () => {
      await recallProduct(client, broadside, RECALL)
      throw new Error('the shop changed its mind')
    }).catch((error: Error) => print(`  ${error.message}`))
    await told()

    print('A recall that commits:')
    const jobId = await inTransaction(client, () => recallProduct(client, broadside, RECALL))
    await (await broadside.jobs.get(jobId)).finished()
    await told()
  } finally {
    await client.end()
  }
}

async function jobsIn(broadside: Broadside): Promise<number> {
  const { jobs } = await broadside.jobs.list()
  return jobs.length
}
