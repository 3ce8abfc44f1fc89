import { type Broadside, createBroadside, type Job } from '@broadside/core'
import { levelStorage } from '../src/level-storage.js'
import { Ledger } from './ledger.js'
import { ledgerChannel } from './ledger-channel.js'
import { PEOPLE } from './people.js'

const [path = ''] = process.argv.slice(2)
const say = (line: string) => process.stdout.write(`${line}\n`)

// Goes on with the one job of the storage, wherever an earlier process was killed.
const ledger = Ledger.of(path)
await using broadside = await createBroadside({
  storage: levelStorage(path),
  providers: [ledgerChannel(ledger, (sent) => say(`sent ${sent}`))],
  tuning: { maxClaim: 50 },
})
broadside.on('lease:recovered', ({ started }) => ledger.recovered(started))
const job = await theJob(broadside)
if ((await job.info()).status === 'created') {
  await job.ingest(people(), { batchSize: 100, onProgress: ({ read }) => say(`ingested ${read}`) })
  await job.run()
}
await job.finished()

async function theJob({ jobs }: Broadside): Promise<Job> {
  const [known] = (await jobs.list()).jobs
  return known ? jobs.get(known.id) : jobs.create({ message: { content: { subject: 'Hello', text: 'Hello' } } })
}

function people() {
  return Array.from({ length: PEOPLE }, (_, i) => ({
    recipient: `person-${i}`,
    to: { email: `person${i}@example.com` },
  }))
}
