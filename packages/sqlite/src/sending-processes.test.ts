import type { JobRecord, SendingRecord, Storage } from '@broadside/core'
import { afterAll, describe, expect, it } from 'vitest'
import { allItems, opened } from '../test/fixtures.js'
import { testDirectory, workerProgram } from '../test/harnesses.js'
import { readSendingLedger, runUntil } from '../test/sending-process.js'
import { addressOf, MEMBERS, type SendingNews, WINDOW } from '../test/sending-worker.js'
import { sqliteStorage } from './sqlite-storage.js'

const directory = testDirectory()
afterAll(() => directory.remove())

const ORDER = ['pending', 'preparing', 'prepared', 'transmitting', 'transmitted']

/** What a process that was killed has left. */
interface Remains {
  readonly sending: SendingRecord
  readonly job: JobRecord
}

async function remainsIn(file: string): Promise<Remains> {
  return withStorage(file, async (storage) => {
    const [sending] = (await storage.sendings?.listSendings({ limit: 2, sortBy: 'createdAt', sortDir: 'asc' })) ?? []
    const job = await storage.getJob(sending?.jobId ?? '')
    if (sending === undefined || job === undefined) throw new Error('there is no sending, or it has no job')
    return { sending, job }
  })
}

async function withStorage<T>(file: string, use: (storage: Storage) => Promise<T>): Promise<T> {
  const storage = await opened(sqliteStorage(file))
  try {
    return await use(storage)
  } finally {
    await storage.close()
  }
}

function sumOf({ counters }: JobRecord): number {
  const { received: _, ...parts } = counters
  return Object.values(parts).reduce((sum, count) => sum + count, 0)
}

/** Where each process is killed: by what it has read of the audience, or sent. */
const MOMENTS: readonly SendingNews[] = [
  ...[1_000, 8_000, 14_000].map((read) => ({ read, sent: 0 })),
  ...[100, 3_000, 7_000].map((sent) => ({ read: 0, sent })),
]
const STATUSES_THEN = ['preparing', 'preparing', 'preparing', 'transmitting', 'transmitting', 'transmitting']
const KILLED_WHILE_SENDING = STATUSES_THEN.filter((status) => status === 'transmitting').length

describe('a process with a sending that is killed', () => {
  it('leaves all that the next needs: nobody is lost, and twice goes only what was in doubt', async () => {
    const [file, ledgerPath] = [directory.newFile(), directory.newFile()]
    const program = await workerProgram('sending', file, ledgerPath)
    const remains: Remains[] = []
    for (const moment of MOMENTS) {
      expect(await runUntil(program, moment)).toEqual({ signal: 'SIGKILL', exitCode: null, errors: '' })
      remains.push(await remainsIn(file))
    }
    expect(await runUntil(program)).toEqual({ signal: null, exitCode: 0, errors: '' })
    const last = await remainsIn(file)
    const jobId = last.job.id
    const { sent, statuses } = readSendingLedger(ledgerPath)
    const items = await withStorage(file, (storage) => allItems(storage, { jobId }))

    // One job, which goes forward, and whose counters add up whenever its process dies.
    expect(remains.map(({ sending }) => sending.status)).toEqual(STATUSES_THEN)
    expect(remains.filter(({ job }) => job.id !== jobId || sumOf(job) !== job.counters.received)).toEqual([])
    const places = statuses.map((status) => ORDER.indexOf(status))
    expect(places).not.toContain(-1)
    expect(places).toEqual([...places].sort((a, b) => a - b))

    expect(last.sending.status).toBe('transmitted')
    expect(last.job).toMatchObject({ inFlight: 0, counters: { received: MEMBERS, enqueued: MEMBERS } })
    expect(items.map(({ messageId }) => messageId).sort()).toEqual([...sent.keys()].sort())
    expect([...sent.values()].map(({ address }) => address).sort()).toEqual(addresses().sort())

    const doubted = new Set(items.filter(({ attempts }) => attempts > 1).map(({ messageId }) => messageId))
    const twice = [...sent].filter(([, { times }]) => times > 1)
    expect(twice.filter(([messageId]) => !doubted.has(messageId))).toEqual([])
    expect(doubted.size).toBeLessThanOrEqual(KILLED_WHILE_SENDING * WINDOW)
  }, 120_000)
})

function addresses(): string[] {
  return Array.from({ length: MEMBERS }, (_, at) => addressOf(at + 1))
}
