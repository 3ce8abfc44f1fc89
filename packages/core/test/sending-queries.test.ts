import { describe, expect, it } from 'vitest'
import { isBroadsideError, type SendingsQuery } from '../src/index.js'
import { recipients, SENDING } from './sending-support.js'
import { bench, START } from './support.js'

describe('lists', () => {
  it('are filtered, sorted and paged', async () => {
    const { broadside, clock } = await bench({ dispatch: false })
    const { sendings } = broadside
    for (const [i, name] of ['delta', 'alpha', 'charlie', 'bravo', undefined].entries()) {
      await sendings.create({
        ...SENDING,
        ...(name && { name }),
        tags: i % 2 === 0 ? ['even', 'all'] : ['all'],
        sendtrigger: i < 2 ? 'api' : 'manual',
        recipients: recipients(1),
        ...(i < 3 && { schedule: { type: 'relative', in: `${10 - i} hours` } as const }),
      })
      await clock.advance(1_000)
    }
    const names = async (query: SendingsQuery): Promise<(string | undefined)[]> => {
      const found: (string | undefined)[] = []
      for (let cursor: string | undefined, more = true; more; ) {
        const page = await sendings.list({ ...query, limit: 2, cursor })
        found.push(...page.sendings.map(({ name }) => name))
        ;({ cursor, more } = page.paging)
      }
      return found
    }
    expect(await names({})).toEqual([undefined, 'bravo', 'charlie', 'alpha', 'delta'])
    expect(await names({ sortBy: 'name', sortDir: 'asc' })).toEqual([undefined, 'alpha', 'bravo', 'charlie', 'delta'])
    expect(await names({ sortBy: 'sendTime', sortDir: 'desc', status: 'scheduled' })).toEqual([
      'delta',
      'alpha',
      'charlie',
    ])
    expect(await names({ tags: ['all', 'even'] })).toEqual([undefined, 'charlie', 'delta'])
    expect(await names({ sendtrigger: ['api'] })).toEqual(['alpha', 'delta'])
    expect(await names({ createTime: { gt: START, lte: new Date(START + 2_000) } })).toEqual(['charlie', 'alpha'])
    expect(await names({ createTime: { gte: START, lt: START + 2_000 } })).toEqual(['alpha', 'delta'])
    expect(await names({ sendTime: { gt: START + 9 * 3_600_000 } })).toEqual(['alpha', 'delta'])
    expect(await names({ status: ['draft'] })).toEqual([undefined, 'bravo'])
    const { paging } = await sendings.list({ limit: 1 })
    await expect(sendings.list({ sortBy: 'name', cursor: paging.cursor })).rejects.toMatchObject({
      code: 'CURSOR_INVALID',
    })
    await expect(sendings.list({ status: 'sent' as never })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await broadside.close()
  })
})

describe('a handle', () => {
  it('is for a sending that exists', async () => {
    const { broadside } = await bench()
    await expect(broadside.sendings.get('nobody')).rejects.toMatchObject({
      code: 'SENDING_NOT_FOUND',
      sendingId: 'nobody',
    })
    const sending = await broadside.sendings.create(SENDING)
    expect((await broadside.sendings.get(sending.id)).id).toBe(sending.id)
    expect(await sending.items()).toEqual({ items: [], paging: { more: false } })
    await broadside.close()
    expect(await sending.info().catch((error: unknown) => isBroadsideError(error, 'ENGINE_CLOSED'))).toBe(true)
  })

  it('refuses public operations on the job that it owns', async () => {
    const { broadside, clock } = await bench()
    const sending = await broadside.sendings.create({
      ...SENDING,
      recipients: recipients(1),
      schedule: { type: 'immediate' },
    })
    await clock.advance(1_000)
    const { jobId = '' } = await sending.info()
    const job = await broadside.jobs.get(jobId)
    await expect(job.retryFailed()).rejects.toMatchObject({ code: 'OWNED_BY_SENDING', sendingId: sending.id })
    await expect(job.delete()).rejects.toMatchObject({ code: 'OWNED_BY_SENDING' })
    await broadside.close()
  })
})

describe('watch', () => {
  it('tells how a sending comes along, until it has ended', async () => {
    const { broadside, clock } = await bench()
    const sending = await broadside.sendings.create({
      ...SENDING,
      recipients: recipients(3),
      schedule: { type: 'relative', in: '1 minute' },
    })
    const seen: string[] = []
    const watched = (async () => {
      for await (const { status, counters, isFinal } of sending.watch()) {
        seen.push(`${status} ${counters?.enqueued ?? '-'}${isFinal ? ' final' : ''}`)
      }
    })()
    const finished = sending.finished()
    await clock.advance(65_000)
    await watched
    expect(seen[0]).toBe('scheduled -')
    expect(seen.at(-1)).toBe('transmitted 3 final')
    expect(await finished).toMatchObject({ status: 'transmitted', counters: { enqueued: 3 } })
    await broadside.close()
  })

  it('ends when the engine is closed', async () => {
    const { broadside } = await bench({ dispatch: false })
    const sending = await broadside.sendings.create(SENDING)
    const finished = sending.finished()
    await Promise.resolve()
    await broadside.close()
    await expect(finished).rejects.toMatchObject({ code: 'ENGINE_CLOSED' })
  })
})

describe('prune', () => {
  it('removes what has ended before, with its items', async () => {
    const { broadside, clock } = await bench()
    const input = { ...SENDING, recipients: recipients(3) }
    const ended = await broadside.sendings.create({ ...input, schedule: { type: 'immediate' } })
    const draft = await broadside.sendings.create(input)
    await clock.advance(60_000)
    const pruned = await broadside.sendings.prune({ finishedBefore: clock.now() })
    expect(pruned.rows).toBeGreaterThanOrEqual(3)
    await expect(ended.info()).rejects.toMatchObject({ code: 'SENDING_NOT_FOUND' })
    expect((await draft.info()).status).toBe('draft')
    await broadside.close()
  })
})
