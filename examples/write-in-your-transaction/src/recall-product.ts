import type { AsyncTransaction, Broadside } from '@broadside/core'
import type { Client } from 'pg'

/** A product that its maker calls back. */
export interface Recall {
  readonly product: string
  readonly advice: string
}

/**
 * Records the recall and the message to everybody who bought the product, on `client`, within a transaction that is its caller's: both come
 * about when it commits, and neither when it does not. Returns the id of the job.
 */
export async function recallProduct(client: Client, broadside: Broadside, recall: Recall): Promise<string> {
  await client.query('insert into recalls (product) values ($1)', [recall.product])
  return writeToBuyers(client, broadside.within(client), recall)
}

async function writeToBuyers(client: Client, writes: AsyncTransaction, { product, advice }: Recall): Promise<string> {
  const { rows } = await client.query<Buyer>('select email from purchases where product = $1', [product])
  const text = `You bought a ${product} from us. ${advice}`
  const jobId = await writes.createJob({ message: { content: { subject: `Recall: ${product}`, text } } })
  await writes.ingest(
    jobId,
    rows.map(({ email }) => ({ recipient: email, to: { email } })),
  )
  await writes.run(jobId)
  return jobId
}

interface Buyer {
  readonly email: string
}
