import { once } from 'node:events'
import type { Storage } from '@broadside/core'
import { work } from './work-on-job.js'
import type { WorkerNews, WorkerTask } from './worker-task.js'

/**
 * What the program of a worker process calls: opens a storage and works with it as it is told by the kit, which has forked the process
 * (see `Harness.fork`). Resolves when the job is done and the storage is closed.
 *
 * @param openStorage Opens a storage, given the `args` of the `WorkerProgram`.
 */
export async function serveWorker(openStorage: (args: readonly string[]) => Promise<Storage>): Promise<void> {
  // A worker whose kit is gone has nothing left to do.
  const abandon = () => process.exit(1)
  process.on('disconnect', abandon)
  const storage = await openStorage(process.argv.slice(2))
  const task = nextTask()
  tell({ type: 'ready' })
  await work(storage, await task, (claims) => tell({ type: 'claimed', claims }))
  await storage.close()
  process.off('disconnect', abandon)
  process.disconnect()
}

async function nextTask(): Promise<WorkerTask> {
  const [task] = await once(process, 'message')
  return task as WorkerTask
}

function tell(news: WorkerNews): void {
  process.send?.(news)
}
