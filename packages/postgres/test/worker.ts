/** A worker process on a schema: `worker.js <url> <schema>`. */
import { serveWorker } from '@broadside/storage-testkit'
import { postgresStorage } from '../src/index.js'

await serveWorker(async ([url = '', schema]) => {
  const storage = postgresStorage(url, { schema, poolSize: 3 })
  await storage.open()
  return storage
})
