import { randomBytes } from 'node:crypto'
import { afterAll, describe, expect, it } from 'vitest'
import { TestDatabase } from '../test/database.js'
import { claimRange, newJob, runningJob, START } from '../test/jobs.js'

const database = await TestDatabase.start()
afterAll(() => database.stop())

const ODD = [1e30, 0.5, -1, Number.NaN, Number.POSITIVE_INFINITY]

describe('the number of an item that none has', () => {
  it('is that of no item', async () => {
    const storage = await database.open()
    const jobId = await runningJob(storage, 3)
    await claimRange(storage, { jobId, token: 'a' })
    const settlements = [...ODD, 0].map((seq) => ({ seq, to: 'uncertain', attempts: 1 }) as const)
    const { answers } = await storage.settle({ jobId, token: 'a', now: START, settlements, startedThrough: 1e30 })
    expect(answers).toEqual([...ODD.map(() => 'stale'), 'applied'])
    const revise = { jobId, from: 'processing', statuses: ['uncertain'], to: 'enqueued', now: START } as const
    expect((await storage.reviseItems({ ...revise, seqs: ODD })).changed).toBe(0)
    expect((await storage.reviseItems({ ...revise, seqs: [...ODD, 0] })).changed).toBe(1)
    const extension = { jobId, token: 'a', now: START, leaseUntil: START + 1, startedThrough: 1.5 }
    expect((await storage.extend(extension)).held).toBe(true)
    await storage.close()
  })

  it('is a place between the others', async () => {
    const storage = await database.open()
    const jobId = await runningJob(storage, 3)
    const after = async (seq: number) =>
      (await storage.listItems({ jobId, after: seq, limit: 9 })).items.map(({ seq: found }) => found)
    expect(await after(0.5)).toEqual([1, 2])
    expect(await after(-7)).toEqual([0, 1, 2])
    for (const beyond of [2.5, 1e30, Number.POSITIVE_INFINITY]) expect(await after(beyond)).toEqual([])
    await storage.close()
  })
})

describe('a text that is looked for', () => {
  it('has a length that the error names', async () => {
    const storage = await database.open()
    // Nothing that the server could make shorter.
    const textOf = (length: number) => randomBytes(length).toString('base64').slice(0, length)
    const [fits, long] = [textOf(2_600), textOf(6_000)]
    const tooLong = { code: 'STORAGE_FAILED', message: expect.stringContaining('2,600 bytes') }
    await runningJob(storage, 1, fits)
    await expect(storage.createJob({ job: newJob(long) })).rejects.toMatchObject(tooLong)
    expect(await storage.getJob(long)).toBeUndefined()
    await expect(claimRange(storage, { jobId: fits, token: long })).rejects.toMatchObject(tooLong)
    expect((await claimRange(storage, { jobId: fits, token: fits }))?.items).toHaveLength(1)
    await storage.close()
  })
})
