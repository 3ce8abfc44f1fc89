import { expect, it } from 'vitest'
import { addItems, claim, newItems, newJob, opened, runningJob, settleAsSent } from '../test/fixtures.js'
import { SEVERAL } from './several-rows.js'
import { sqliteStorage } from './sqlite-storage.js'

/** Some statements' worth, and a few beside them. */
const COUNT = 3 * SEVERAL + 7
const ALL = Array.from({ length: COUNT }, (_, seq) => seq)

it('settles each item once, where some of a call were settled by an earlier one', async () => {
  const storage = await opened(sqliteStorage(':memory:'))
  await runningJob(storage, COUNT)
  await claim(storage, 'job-1', { token: 'a' })
  const early = [3, SEVERAL, COUNT - 1]
  expect((await settleAsSent(storage, 'job-1', { token: 'a', seqs: early })).answers).toEqual(Array(3).fill('applied'))
  const { answers, completed } = await settleAsSent(storage, 'job-1', { token: 'a', seqs: ALL })
  expect(answers).toEqual(ALL.map((seq) => (early.includes(seq) ? 'already' : 'applied')))
  expect(completed).toBe(true)
  const again = await settleAsSent(storage, 'job-1', { token: 'a', seqs: ALL })
  expect(again.answers).toEqual(Array(COUNT).fill('already'))
  expect((await storage.getJob('job-1'))?.counters).toMatchObject({ pending: 0, enqueued: COUNT })
  await storage.close()
})

it('keeps what differs from item to item, and does not take unlike ones for alike', async () => {
  const storage = await opened(sqliteStorage(':memory:'))
  await runningJob(storage, COUNT)
  await claim(storage, 'job-1', { token: 'a' })
  const settlements = ALL.map((seq) => {
    if (seq === 30) return { seq, to: 'error', attempts: 2, code: 'BAD', reason: 'no' } as const
    if (seq === 60) return { seq, to: 'enqueued', attempts: 1, channel: 'sms', reason: 'because' } as const
    return { seq, to: 'enqueued', attempts: 1, channel: 'email', receipt: seq % 2 ? `r-${seq}` : undefined } as const
  })
  await storage.settle({ jobId: 'job-1', token: 'a', now: 5, settlements })
  const { items } = await storage.listItems({ jobId: 'job-1', limit: COUNT })
  const told = items.map(({ seq, status, attempts, channel, receipt, code, reason, settledAt }) => {
    return { seq, status, attempts, channel, receipt, code, reason, settledAt }
  })
  expect(told).toEqual(
    settlements.map(({ to, ...rest }) => {
      return {
        channel: undefined,
        receipt: undefined,
        code: undefined,
        reason: undefined,
        ...rest,
        status: to,
        settledAt: 5,
      }
    }),
  )
  await storage.close()
})

it('lets each person in once, wherever in a call a known one stands', async () => {
  for (const known of [0, SEVERAL - 1, SEVERAL, 2 * SEVERAL + 3, COUNT - 1]) {
    const storage = await opened(sqliteStorage(':memory:'))
    await storage.createJob({ job: newJob('j') })
    await addItems(storage, 'j', newItems(1, known))
    expect(await addItems(storage, 'j', newItems(COUNT))).toMatchObject({ added: COUNT - 1, duplicates: [known] })
    expect(await addItems(storage, 'j', newItems(COUNT))).toMatchObject({ added: 0, duplicates: ALL })
    const { items } = await storage.listItems({ jobId: 'j', limit: COUNT + 1 })
    expect(items.map(({ recipient }) => Number(recipient)).sort((a, b) => a - b)).toEqual(ALL)
    await storage.close()
  }
})
