import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'

/** Makes a checkpoint of a file away from the event loop. */
export type CheckpointAside = (file: string) => Promise<void>

/** In plain text, so that it needs no file of its own and survives a bundler. */
const PROGRAM = `
  const { workerData } = require('node:worker_threads')
  const Database = require(workerData.driver)
  const database = new Database(workerData.file, { timeout: 0 })
  database.exec('pragma synchronous = full; pragma wal_checkpoint(passive)')
  database.close()
`

/** On a thread of its own, which lives as long as the checkpoint takes. Rejects where better-sqlite3 can't be loaded there. */
export const checkpointInWorker: CheckpointAside = (file) =>
  new Promise((resolve, reject) => {
    const driver = createRequire(import.meta.url).resolve('better-sqlite3')
    const worker = new Worker(PROGRAM, { eval: true, workerData: { driver, file } })
    worker.once('error', reject)
    worker.once('exit', () => resolve())
  })
