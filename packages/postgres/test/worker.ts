/** A worker process on a schema: `worker.js <url> <schema>`, or one that sends sendings: `worker.js sendings <url> <schema> <ledger>`. */
import { serveWorker } from '@broadside/storage-testkit'
import { postgresStorage } from '../src/index.js'
import { serveSendings } from './sending-worker.js'

const [first, ...rest] = process.argv.slice(2)

if (first === 'sendings') await serveSendings(rest)
else {
  await serveWorker(async ([url = '', schema]) => {
    const storage = postgresStorage(url, { schema, poolSize: 3 })
    await storage.open()
    return storage
  })
}
