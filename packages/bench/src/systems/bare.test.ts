import { createBroadside, type Storage } from '@broadside/core'
import { postgresStorage } from '@broadside/postgres'
import { sqliteStorage } from '@broadside/sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { people } from '../people.js'
import { fileOf, type Place, urlOf } from '../place.js'
import { Servers } from '../places/servers.js'
import { openWorkplace, type Workplace } from '../places/workplace.js'
import { infoOf } from './systems.js'

const COUNT = 1_234
/** A server is started. */
const START_LIMIT_MS = 120_000

describe.each([
  { bare: 'bare-sqlite', ours: 'broadside-sqlite', storageOn: (place: Place) => sqliteStorage(fileOf(place)) },
  { bare: 'bare-postgres', ours: 'broadside-postgres', storageOn: (place: Place) => postgresStorage(urlOf(place)) },
] as const)('$bare does the same work as $ours', ({ bare, ours, storageOn }) => {
  let workplace: Workplace
  let servers: Servers
  let place: Place

  beforeAll(async () => {
    workplace = await openWorkplace(undefined)
    servers = new Servers(workplace)
    place = await (await servers.keeper(infoOf(bare).place)).make(bare)
    const prepared = await open(ours)
    await prepared.prepare(['main'])
    await prepared.close()
  }, START_LIMIT_MS)

  afterAll(async () => {
    await servers.stop()
    await workplace.remove()
  })

  const open = async (name: typeof bare | typeof ours) =>
    (await infoOf(name).load()).open({ place, variant: 'sendBatch' })

  it('takes everybody in once, and leaves out who is in already', async () => {
    const system = await open(bare)
    expect(await system.ingest('main', people({ count: COUNT, seed: 7 }))).toBe(COUNT)
    // The same seed gives the same people, and ten more.
    expect(await system.ingest('main', people({ count: COUNT + 10, seed: 7 }))).toBe(10)
    await system.close()
    expect(await standing(storageOn(place))).toMatchObject({
      status: 'created',
      counters: { received: COUNT + 10, pending: COUNT + 10 },
    })
  })

  it('sends to everybody, and leaves rows that read as those of a job that is done', async () => {
    const system = await open(bare)
    await system.drain(['main'], COUNT + 10)
    await system.close()
    const { status, counters, items } = await standing(storageOn(place))
    expect(status).toBe('completed')
    expect(counters).toMatchObject({ received: COUNT + 10, pending: 0, enqueued: COUNT + 10 })
    expect(items).toHaveLength(100)
    for (const item of items) expect(item).toMatchObject({ status: 'enqueued', attempts: 1, channel: 'email' })
  })
})

/** The job as Broadside reads it. */
async function standing(storage: Storage) {
  await using broadside = await createBroadside({ storage, dispatch: false })
  const { jobs } = await broadside.jobs.list({ name: 'main' })
  const job = await broadside.jobs.get(jobs[0]?.id ?? '')
  const { status, counters } = await job.info()
  const { items } = await job.items({ limit: 100 })
  return { status, counters, items }
}
