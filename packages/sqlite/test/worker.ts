/** A worker process on a file: `worker.js <file> <shared | alone>`. */
import { serveWorker } from '@broadside/storage-testkit'
import { sqliteStorage } from '../src/index.js'

await serveWorker(async ([file = '', use]) => {
  const storage = sqliteStorage(file, { shared: use === 'shared' })
  await storage.open()
  return storage
})
