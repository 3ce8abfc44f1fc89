import type { Storage } from '@broadside/core'
import { type LedgerCall, readLedger, WorkerProcess } from '@broadside/storage-testkit'
import { afterAll, describe, expect, it } from 'vitest'
import { allItems, failureOf, NOW, opened, runningJob } from '../test/fixtures.js'
import { testDirectory, workerProgram } from '../test/harnesses.js'
import { sqliteStorage } from './sqlite-storage.js'

const directory = testDirectory()
afterAll(() => directory.remove())

const jobId = 'job-1'

async function fileWithJob(items: number): Promise<string> {
  const file = directory.newFile()
  const storage = await opened(sqliteStorage(file))
  await runningJob(storage, items, jobId)
  await storage.close()
  return file
}

/** A process that has a file for itself. */
async function holderOf(file: string): Promise<WorkerProcess> {
  const holder = new WorkerProcess(await workerProgram(file, 'alone'))
  await holder.ready()
  return holder
}

/** The items that a worker was told are sent. */
function toldBy(calls: readonly LedgerCall[]): readonly number[] {
  return calls.flatMap((call) => {
    if (call.kind !== 'settle') return []
    const { settlements } = call.asked
    const sent = settlements.filter(({ to }, index) => {
      return to === 'enqueued' && call.answered?.answer.answers[index] === 'applied'
    })
    return sent.map(({ seq }) => seq)
  })
}

async function enqueuedSeqs(storage: Storage): Promise<readonly number[]> {
  return (await allItems(storage, { jobId, statuses: ['enqueued'] })).map(({ seq }) => seq)
}

/** Processes that share a file are the kit's: `processes/*`. */
describe('a process that is killed', { timeout: 120_000 }, () => {
  it('leaves no lock behind, and nothing that it was told is lost, however often', async () => {
    const file = await fileWithJob(2_000)
    const told: number[] = []
    for (const round of [1, 2, 3]) {
      const name = `round-${round}`
      const holder = await holderOf(file)
      const ledgerPath = directory.newFile()
      holder.work({ name, jobId, ledgerPath, seed: round, leaseMs: 50 })
      await holder.claims(10 * round)
      holder.kill()
      expect(await holder.ended).toMatchObject({ signal: 'SIGKILL', errors: '' })
      told.push(...toldBy(readLedger(ledgerPath, name)))

      const storage = await opened(sqliteStorage(file))
      const enqueued = await enqueuedSeqs(storage)
      expect(told.filter((seq) => !enqueued.includes(seq))).toEqual([])
      const job = await storage.getJob(jobId)
      expect(job?.counters).toMatchObject({ received: 2_000, enqueued: enqueued.length, error: 0 })
      const decide = ({ seq }: { seq: number }) => ({ seq, to: 'pending', attempts: 1, nextAttemptAt: NOW }) as const
      await storage.reap({ now: NOW, expiredAt: Number.POSITIVE_INFINITY, limit: 100, decide })
      expect((await storage.getJob(jobId))?.inFlight).toBe(0)
      await storage.close()
    }
    expect(told.length).toBeGreaterThan(50)
  })

  it('kept others out while it lived', async () => {
    const file = await fileWithJob(1)
    const holder = await holderOf(file)
    expect((await failureOf(sqliteStorage(file).open())).code).toBe('STORAGE_LOCKED')
    expect((await failureOf(sqliteStorage(file, { shared: true }).open())).code).toBe('STORAGE_LOCKED')
    holder.kill()
    await holder.ended
    const storage = await opened(sqliteStorage(file))
    await storage.close()
  })
})
