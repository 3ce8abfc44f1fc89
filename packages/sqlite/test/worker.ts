/** A worker process on a file: `worker.js <file> <shared | alone>`, or one that has a sending: `worker.js sending <file> <ledger>`. */
import { serveWorker } from '@broadside/storage-testkit'
import { sqliteStorage } from '../src/index.js'
import { runSending } from './sending-worker.js'

const [first, ...rest] = process.argv.slice(2)

if (first === 'sending') await runSending(rest)
else {
  await serveWorker(async ([file = '', use]) => {
    const storage = sqliteStorage(file, { shared: use === 'shared' })
    await storage.open()
    return storage
  })
}
