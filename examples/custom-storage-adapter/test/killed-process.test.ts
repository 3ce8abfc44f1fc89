import { createBroadside } from '@broadside/core'
import { afterAll, expect, it } from 'vitest'
import { levelStorage } from '../src/level-storage.js'
import { Ledger } from './ledger.js'
import { PEOPLE } from './people.js'
import { removeScratch, scratchDirectory } from './scratch.js'
import { SendingProcess } from './sending-process.js'

afterAll(removeScratch)

it('loses nobody and counts right, wherever its process is killed', async () => {
  const path = scratchDirectory()
  for (const moment of ['ingested 1000', 'ingested 2500', 'sent 100', 'sent 700', 'sent 1200']) {
    const killed = new SendingProcess(path)
    await killed.until(moment)
    await killed.kill()
  }
  expect(await new SendingProcess(path).ended()).toBe(0)

  const { arrivals, couldBeTwice } = Ledger.of(path)
  const messages = [...arrivals.values()].flat()
  expect(arrivals.size).toBe(PEOPLE)
  for (const messageIds of arrivals.values()) expect(new Set(messageIds).size).toBe(1)
  expect(messages.length - PEOPLE).toBeLessThanOrEqual(couldBeTwice)

  await using broadside = await createBroadside({ storage: levelStorage(path) })
  const [job] = (await broadside.jobs.list()).jobs
  expect(job).toMatchObject({
    status: 'completed',
    inFlight: 0,
    counters: { received: PEOPLE, pending: 0, enqueued: PEOPLE },
  })
}, 120_000)
