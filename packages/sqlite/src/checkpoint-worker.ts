import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'

/** Makes checkpoints of a file away from the event loop. */
export interface CheckpointAside {
  /** Copies what is in the log by now, so far as nobody stands in the way. Rejects where that can't be done at all. */
  copy(): Promise<void>
  /** Lets go of the file. To be called when nothing is being copied. */
  end(): Promise<void>
}

export type OpenCheckpointAside = (file: string) => CheckpointAside

/** In plain text, so that it needs no file of its own and survives a bundler. */
const PROGRAM = `
  const { parentPort, workerData } = require('node:worker_threads')
  const Database = require(workerData.driver)
  const database = new Database(workerData.file, { timeout: 0 })
  database.exec('pragma synchronous = full')
  parentPort.on('message', () => {
    database.exec('pragma wal_checkpoint(passive)')
    parentPort.postMessage('copied')
  })
`

/** On a thread of its own, begun when it is first needed: to begin one takes longer than to copy. Idle, it does not keep the process alive. */
export const checkpointInWorker: OpenCheckpointAside = (file) => {
  let worker: Worker | undefined
  return {
    async copy() {
      worker ??= startWorker(file)
      worker.ref()
      try {
        await askToCopy(worker)
        worker?.unref()
      } catch (error) {
        worker = undefined
        throw error
      }
    },
    async end() {
      await worker?.terminate()
      worker = undefined
    },
  }
}

function startWorker(file: string): Worker {
  const driver = createRequire(import.meta.url).resolve('better-sqlite3')
  return new Worker(PROGRAM, { eval: true, workerData: { driver, file } })
}

function askToCopy(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    const answered = (): void => settle(resolve)
    const failed = (error: unknown): void => settle(() => reject(error))
    const settle = (how: () => void): void => {
      worker.off('message', answered).off('error', failed).off('exit', failed)
      how()
    }
    worker.on('message', answered).on('error', failed).on('exit', failed)
    worker.postMessage('copy')
  })
}
