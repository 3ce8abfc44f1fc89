import { describe, expect, it } from 'vitest'
import {
  BroadsideError,
  isBroadsideError,
  SENDING_TRANSITIONS,
  type Sending,
  type SendingStatus,
  whySendingRefuses,
} from '../src/index.js'
import { members, recipients, SENDING, sourceOf, transitionsOf } from './sending-support.js'
import { type Bench, bench, recorder } from './support.js'

const HOUR = 3_600_000
const never = (): Promise<never> => new Promise(() => undefined)

/** A sending in each status, by what leads there. */
const IN_STATUS: { readonly [status in SendingStatus]: (bench: Bench) => Promise<Sending> } = {
  draft: ({ broadside }) => broadside.sendings.create({ ...SENDING, recipients: recipients(2) }),
  scheduled: ({ broadside }) =>
    broadside.sendings.create({ ...SENDING, recipients: recipients(2), schedule: { type: 'relative', in: '1 hour' } }),
  pending: ({ broadside }) =>
    broadside.sendings.create({ ...SENDING, recipients: recipients(2), schedule: { type: 'immediate' } }),
  preparing: async (one) => {
    const sending = await one.broadside.sendings.create({
      ...SENDING,
      audience: { type: 'all' },
      schedule: { type: 'immediate' },
    })
    await one.clock.advance(10)
    return sending
  },
  prepared: async (one) => {
    const schedule = { type: 'relative', in: '1 minute', prescheduled: true } as const
    const sending = await one.broadside.sendings.create({ ...SENDING, recipients: recipients(2), schedule })
    await one.clock.advance(10)
    return sending
  },
  transmitting: async (one) => {
    const sending = await one.broadside.sendings.create({
      ...SENDING,
      message: { content: { text: 'never' } },
      recipients: recipients(2),
      schedule: { type: 'immediate' },
    })
    await one.clock.advance(10)
    return sending
  },
  transmitted: async (one) => {
    const sending = await IN_STATUS.pending(one)
    await one.clock.advance(1_000)
    return sending
  },
  skipped: async (one) => {
    const sending = await one.broadside.sendings.create({
      ...SENDING,
      audience: { type: 'reference', name: 'nobody' },
      schedule: { type: 'immediate' },
    })
    await one.clock.advance(10)
    return sending
  },
  paused: async (one) => {
    const sending = await IN_STATUS.transmitting(one)
    await sending.pause()
    return sending
  },
  cancelled: async (one) => {
    const sending = await IN_STATUS.scheduled(one)
    await sending.cancel()
    return sending
  },
  failed: async (one) => {
    const sending = await one.broadside.sendings.create({
      ...SENDING,
      audience: { type: 'reference', name: 'broken' },
      failAfter: '1 minute',
      schedule: { type: 'immediate' },
    })
    await one.clock.advance(3 * 60_000)
    return sending
  },
}

/** Where nobody dispatches, a sending stays pending. */
function stage(status: SendingStatus): Promise<Bench> {
  return bench({
    dispatch: status !== 'pending',
    providers: [recorder({ answer: ({ content }) => (content.text === 'never' ? never() : { type: 'sent' }) })],
    audienceSource: {
      async *resolve(audience) {
        if (audience.type === 'all') yield await never()
        if (audience.type === 'reference' && audience.name === 'broken') throw new Error('no connection')
      },
    },
    tuning: { sendTimeoutMs: 24 * HOUR, closeTimeoutMs: 1 },
  })
}

const OPERATIONS = {
  update: (sending) => sending.update({ name: 'changed' }),
  send: (sending) => sending.send(),
  unschedule: (sending) => sending.unschedule(),
  pause: (sending) => sending.pause(),
  resume: (sending) => sending.resume(),
  cancel: (sending) => sending.cancel(),
  retryFailed: (sending) => sending.retryFailed(),
  delete: (sending) => sending.delete(),
} satisfies { [operation: string]: (sending: Sending) => Promise<unknown> }

async function closeAll({ broadside, clock }: Bench): Promise<void> {
  const closed = broadside.close().catch(() => undefined)
  await clock.advance(100)
  await closed
}

describe.each(Object.keys(IN_STATUS) as SendingStatus[])('a sending that is %s', (status) => {
  it.each(Object.keys(OPERATIONS) as (keyof typeof OPERATIONS)[])(
    'takes or refuses %s as the tables say',
    async (operation) => {
      const one = await stage(status)
      const sending = await IN_STATUS[status](one)
      expect((await sending.info()).status).toBe(status)
      const answer = await OPERATIONS[operation](sending).then(
        () => 'done',
        (error: unknown) => error,
      )
      const why = whySendingRefuses(operation, status)
      if (why === undefined) expect(answer).toBe('done')
      else {
        expect(isBroadsideError(answer, 'INVALID_TRANSITION')).toBe(true)
        expect(answer).toMatchObject({ from: status, operation, sendingId: sending.id })
        expect(String(answer)).toContain(why)
        expect((await sending.info()).status).toBe(status)
      }
      await closeAll(one)
    },
  )
})

describe('what is allowed', () => {
  it('leads where the table says', async () => {
    const seen: string[] = []
    for (const [status, make] of Object.entries(IN_STATUS) as [SendingStatus, (typeof IN_STATUS)['draft']][]) {
      for (const event of ['unschedule', 'pause', 'cancel', 'update'] as const) {
        const to = SENDING_TRANSITIONS[status][event]
        if (to === undefined) continue
        const one = await stage(status)
        const sending = await make(one)
        expect((await OPERATIONS[event](sending)) as object).toMatchObject({ status: to })
        seen.push(`${status} ${event}`)
        await closeAll(one)
      }
    }
    expect(seen).toHaveLength(12)
  })
})

describe('drafts', () => {
  it('are changed field by field, and sent by the schedule they have or are given', async () => {
    const { broadside, clock } = await bench()
    const sending = await broadside.sendings.create({
      ...SENDING,
      recipients: recipients(1),
      name: 'first',
      tags: ['a'],
    })
    await sending.update({ name: null, recipients: [], channels: ['email'], failAfter: null })
    const { definition, status } = await sending.info()
    expect(definition).toMatchObject({ tags: ['a'], recipients: [], channels: ['email'], failAfter: null })
    expect([definition.name, definition.channel, status]).toEqual([undefined, undefined, 'draft'])
    await expect(sending.send()).rejects.toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: ['audience'] }] })
    await sending.update({ recipients: recipients(1) })
    await expect(sending.update({ priority: 11 })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(sending.send({ schedule: { type: 'absolute', at: '2001-01-01T00:00:00Z' } })).rejects.toMatchObject({
      code: 'SCHEDULE_IN_PAST',
    })
    expect(await sending.send({ schedule: { type: 'relative', in: '2 hours' } })).toMatchObject({ status: 'scheduled' })
    expect(await sending.unschedule()).toMatchObject({ status: 'draft', dueAt: undefined, scheduledAt: undefined })
    await sending.send()
    await clock.advance(2 * HOUR + 1_000)
    expect((await sending.info()).status).toBe('transmitted')
    await broadside.close()
  })

  it('stay drafts although they have a schedule, if they say so', async () => {
    const { broadside } = await bench()
    const sending = await broadside.sendings.create({ ...SENDING, draft: true, schedule: { type: 'immediate' } })
    expect((await sending.info()).status).toBe('draft')
    await broadside.close()
  })

  it('are refused with what is missing', async () => {
    const { broadside } = await bench()
    const { sendings } = broadside
    const now = { type: 'immediate' } as const
    const to = { recipients: recipients(1), schedule: now }
    const byFunction = {
      name: 'e',
      strategy: 'split-with-champion',
      testShare: 0.5,
      champion: { pickedBy: 'function', after: '1 hour' },
      variants: [{ name: 'a' }, { name: 'b' }],
    } as const
    const cases = [
      [{ ...SENDING, schedule: now }, 'INVALID_INPUT'],
      [{ ...SENDING, audience: { type: 'all' }, schedule: now }, 'AUDIENCE_SOURCE_MISSING'],
      [{ ...SENDING, ...to, recipients: [{ member_id: 1 }] }, 'AUDIENCE_SOURCE_MISSING'],
      [{ ...SENDING, ...to, transport: 'pigeon' }, 'TRANSPORT_NOT_FOUND'],
      [{ ...SENDING, channel: 'sms', schedule: now, recipients: [{ msisdn: '4740769126' }] }, 'CHANNEL_NOT_AVAILABLE'],
      [{ ...SENDING, ...to, tests: [{ type: '250ok', enabled: true }] }, 'PREFLIGHT_MISSING'],
      [{ ...SENDING, ...to, experiments: [byFunction] }, 'CHAMPION_UNDECIDABLE'],
      [{ channel: 'email', message: { content: { 'text/html': '{{ name }}' } }, ...to }, 'RENDERER_MISSING'],
      [{ ...SENDING, ...to, deadline: '2001-01-01T00:00:00Z' }, 'DEADLINE_UNREACHABLE'],
      [
        {
          ...SENDING,
          ...to,
          recipients: recipients(100),
          rate: { limit: 1, intervalMs: 60_000 },
          deadline: { after: '10 minutes' },
        },
        'DEADLINE_UNREACHABLE',
      ],
    ] as const
    for (const [input, code] of cases) {
      await expect(sendings.create(input as never)).rejects.toMatchObject({ code })
    }
    expect((await sendings.list()).sendings).toEqual([])
    await broadside.close()
  })
})

describe('pre-flight tests', () => {
  it('let a sending go that passes those that are enabled, and refuse one that does not', async () => {
    const asked: string[] = []
    const preflight = {
      check: ({ type }: { type: string }) => {
        asked.push(type)
        return { passed: type !== 'spam', reason: 'looks like spam' }
      },
    }
    const { broadside } = await bench({ preflight })
    const input = { ...SENDING, recipients: recipients(1), schedule: { type: 'relative', in: '1 hour' } as const }
    await broadside.sendings.create({ ...input, tests: [{ type: '250ok', enabled: true }, { type: 'spam' }] })
    const refused = broadside.sendings.create({ ...input, tests: [{ type: 'spam', enabled: true }] })
    await expect(refused).rejects.toMatchObject({
      code: 'PREFLIGHT_FAILED',
      message: expect.stringMatching(/looks like spam/),
    })
    expect(asked).toEqual(['250ok', 'spam'])
    await broadside.close()
  })
})

describe('idempotency keys', () => {
  it('make every operation happen once, and give its first answer again', async () => {
    const { broadside, clock } = await bench()
    const told = transitionsOf(broadside)
    const key = { idempotencyKey: 'k' }
    const input = { ...SENDING, recipients: recipients(1) }
    const sending = await broadside.sendings.create(input, key)
    expect((await broadside.sendings.create(input, key)).id).toBe(sending.id)
    await expect(broadside.sendings.create({ ...input, name: 'other' }, key)).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    })
    const schedule = { type: 'relative', in: '1 hour' } as const
    for (const call of [
      () => sending.update({ name: 'n' }, key),
      () => sending.send({ schedule, ...key }),
      () => sending.unschedule(key),
      () => sending.send({ schedule, idempotencyKey: 'again' }),
      () => sending.cancel(key),
    ]) {
      const first = await call()
      await clock.advance(10)
      expect(await call()).toEqual(first)
    }
    const copy = await sending.duplicate(key)
    expect((await sending.duplicate(key)).id).toBe(copy.id)
    expect(told).toEqual(['created', 'updated', 'scheduled', 'unscheduled', 'scheduled', 'cancelled', 'created'])
    await broadside.close()
  })
})

describe('pause and resume', () => {
  it('stop what is going out at once, and let it go on', async () => {
    const letGo: (() => void)[] = []
    const provider = recorder({
      limits: { concurrency: 2 },
      answer: () => new Promise((resolve) => letGo.push(() => resolve({ type: 'sent' }))),
    })
    const { broadside, clock } = await bench({ providers: [provider] })
    const told = transitionsOf(broadside)
    const sending = await broadside.sendings.create({
      ...SENDING,
      recipients: recipients(20),
      schedule: { type: 'immediate' },
    })
    await clock.advance(10)
    expect(provider.sent).toHaveLength(2)
    expect(await sending.pause()).toMatchObject({ status: 'paused', pausedFrom: 'transmitting' })
    for (const go of letGo) go()
    await clock.advance(60_000)
    expect(provider.sent).toHaveLength(2)
    expect(await sending.info()).toMatchObject({ status: 'paused', counters: { enqueued: 2, pending: 18 } })
    expect(await sending.resume()).toMatchObject({ status: 'transmitting', pausedFrom: undefined })
    for (let round = 0; round < 20; round++) {
      for (const go of letGo.splice(0)) go()
      await clock.advance(100)
    }
    expect(await sending.info()).toMatchObject({ status: 'transmitted', counters: { enqueued: 20 } })
    expect(told).toEqual([
      'created',
      'pending',
      'preparing',
      'prepared',
      'transmitting',
      'paused',
      'resumed',
      'transmitted',
    ])
    await broadside.close()
  })

  it('is transmitted on resume when its last item was settled meanwhile', async () => {
    let go = (): void => undefined
    const provider = recorder({
      answer: () =>
        new Promise((resolve) => {
          go = () => resolve({ type: 'sent' })
        }),
    })
    const { broadside, clock } = await bench({ providers: [provider] })
    const sending = await broadside.sendings.create({
      ...SENDING,
      recipients: recipients(1),
      schedule: { type: 'immediate' },
    })
    await clock.advance(10)
    await sending.pause()
    go()
    await clock.advance(1_000)
    expect((await sending.info()).status).toBe('paused')
    expect((await sending.resume()).status).toBe('transmitted')
    await broadside.close()
  })

  it('start preparing over, and add nobody twice', async () => {
    const list = members(2_500)
    let hold: Promise<void> | undefined = never()
    const audienceSource = {
      async *resolve() {
        for (const member of list) {
          if (member.id === 1_200 && hold !== undefined) await hold
          yield member
        }
      },
    }
    const { broadside, clock } = await bench({ audienceSource })
    const sending = await broadside.sendings.create({
      ...SENDING,
      audience: { type: 'all' },
      schedule: { type: 'immediate' },
    })
    await clock.advance(10)
    expect(await sending.pause()).toMatchObject({ pausedFrom: 'preparing' })
    await clock.advance(60_000)
    expect(await sending.info()).toMatchObject({ status: 'paused', counters: { received: 1_000 } })
    hold = undefined
    await sending.resume()
    await clock.advance(10_000)
    expect(await sending.info()).toMatchObject({
      status: 'transmitted',
      counters: { received: 2_500, enqueued: 2_500 },
    })
    await broadside.close()
  })

  it('read the audience again and add newcomers, when it says so', async () => {
    const list = members(3)
    const provider = recorder({ limits: { rate: { limit: 1, intervalMs: 60_000 } } })
    const { broadside, clock } = await bench({ audienceSource: sourceOf(list), providers: [provider] })
    const sending = await broadside.sendings.create({
      ...SENDING,
      audience: { type: 'all' },
      onResume: 'reresolve',
      failAfter: null,
      schedule: { type: 'immediate' },
    })
    await clock.advance(1_000)
    expect(provider.sent).toHaveLength(1)
    await sending.pause()
    list.push({ id: 'new', email: 'new@example.com' })
    await sending.resume()
    expect((await sending.info()).status).toBe('transmitting')
    await clock.advance(10 * 60_000)
    expect(provider.sent.map(({ address }) => address)).toEqual([
      ...members(3).map(({ email }) => email),
      'new@example.com',
    ])
    expect(await sending.info()).toMatchObject({ status: 'transmitted', counters: { received: 4, enqueued: 4 } })
    await broadside.close()
  })
})

describe('cancel', () => {
  it('ends what has not gone out, and waits for what is in flight if asked', async () => {
    let go = (): void => undefined
    const provider = recorder({
      limits: { concurrency: 1 },
      answer: () =>
        new Promise((resolve) => {
          go = () => resolve({ type: 'sent' })
        }),
    })
    const { broadside, clock } = await bench({ providers: [provider] })
    const sending = await broadside.sendings.create({
      ...SENDING,
      recipients: recipients(10),
      schedule: { type: 'immediate' },
    })
    await clock.advance(10)
    const done = sending.cancel({ wait: true })
    await clock.advance(10)
    go()
    await clock.advance(1_000)
    expect(await done).toMatchObject({ status: 'cancelled', counters: { enqueued: 1, cancelled: 9 } })
    await expect(sending.send()).rejects.toMatchObject({ code: 'INVALID_TRANSITION', from: 'cancelled' })
    await sending.delete()
    await expect(sending.info()).rejects.toMatchObject({ code: 'SENDING_NOT_FOUND' })
    await broadside.close()
  })
})

describe('retryFailed and duplicate', () => {
  it('take up what failed, or go to those who did not get it', async () => {
    let isRefusing = true
    const provider = recorder({
      answer: ({ address }) =>
        isRefusing && /person[12]@/.test(address) ? { type: 'rejected', code: 'NO', reason: 'no' } : { type: 'sent' },
    })
    const { broadside, clock } = await bench({ providers: [provider] })
    const sending = await broadside.sendings.create({
      ...SENDING,
      recipients: recipients(4),
      schedule: { type: 'immediate' },
    })
    await clock.advance(1_000)
    expect(await sending.info()).toMatchObject({ status: 'transmitted', counters: { enqueued: 2, error: 2 } })
    const copy = await sending.duplicate({ onlyUnreached: true, changes: { name: 'once more' } })
    expect(await copy.info()).toMatchObject({
      status: 'draft',
      definition: { unreachedOf: sending.id, name: 'once more' },
    })
    isRefusing = false
    await copy.send({ schedule: { type: 'immediate' } })
    await clock.advance(1_000)
    expect(await copy.info()).toMatchObject({ status: 'transmitted', counters: { received: 2, enqueued: 2 } })
    expect((await copy.items()).items.map(({ recipient }) => recipient)).toEqual([
      'email:person1@example.com',
      'email:person2@example.com',
    ])
    expect((await sending.retryFailed()).status).toBe('transmitting')
    await clock.advance(1_000)
    expect(await sending.info()).toMatchObject({ status: 'transmitted', counters: { enqueued: 4 } })
    expect((await sending.retryFailed()).status).toBe('transmitted')
    const whole = await sending.duplicate()
    expect((await whole.info()).definition).toMatchObject({ draft: true, recipients: recipients(4) })
    await broadside.close()
  })
})

describe('items of unknown outcome', () => {
  it('are settled by a person, or sent again', async () => {
    let isUnknown = true
    const provider = recorder({ answer: () => (isUnknown ? { type: 'unknown' } : { type: 'sent' }) })
    const { broadside, clock } = await bench({ providers: [provider] })
    const input = {
      ...SENDING,
      recipients: recipients(3),
      onUncertain: 'hold',
      schedule: { type: 'immediate' },
    } as const
    const sending = await broadside.sendings.create(input)
    await clock.advance(1_000)
    expect(await sending.info()).toMatchObject({ status: 'transmitted', counters: { uncertain: 3 } })
    const [first = -1, second = -1, third = -1] = (await sending.items()).items.map(({ seq }) => seq)
    const sent = { seqs: [first], decision: 'sent', idempotencyKey: 'k' } as const
    expect([await sending.resolveUncertain(sent), await sending.resolveUncertain(sent)]).toEqual([1, 1])
    expect(await sending.resolveUncertain({ seqs: [second], decision: 'drop' })).toBe(1)
    expect((await sending.info()).status).toBe('transmitted')
    isUnknown = false
    expect(await sending.resolveUncertain({ seqs: [first, third], decision: 'resend' })).toBe(1)
    expect((await sending.info()).status).toBe('transmitting')
    await clock.advance(1_000)
    expect(await sending.info()).toMatchObject({ status: 'transmitted', counters: { enqueued: 2, error: 1 } })
    await broadside.close()
  })
})

describe('a sending that turns out impossible', () => {
  it('fails with the reason, and what was built of it expires', async () => {
    const { broadside, clock } = await bench({ contentSource: { resolve: () => undefined } })
    const schedule = { type: 'relative', in: '1 minute' } as const
    const sending = await broadside.sendings.create({
      message: { template: 'gone' },
      recipients: recipients(1),
      schedule,
    })
    await clock.advance(61_000)
    const { status, reason } = await sending.info()
    expect(status).toBe('failed')
    expect(reason).toMatch(/gone, which the content source does not know/)
    await expect(sending.send()).rejects.toMatchObject({ code: 'INVALID_TRANSITION', from: 'failed' })
    await broadside.close()
  })

  it('fails when its audience is said not to exist', async () => {
    const audienceSource = {
      resolve: (): never => {
        throw new BroadsideError('AUDIENCE_NOT_FOUND', 'Audience vip does not exist.')
      },
    }
    const { broadside, clock } = await bench({ audienceSource })
    const audience = { type: 'reference', name: 'vip' } as const
    const sending = await broadside.sendings.create({ ...SENDING, audience, schedule: { type: 'immediate' } })
    await clock.advance(1_000)
    expect(await sending.info()).toMatchObject({ status: 'failed', reason: 'Audience vip does not exist.' })
    await broadside.close()
  })
})
