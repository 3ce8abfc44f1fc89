import { describe, expect, it } from 'vitest'
import type { ConsentAnswer, LinkRewriter } from '../src/index.js'
import { recipients, SENDING, sourceOf } from './sending-support.js'
import { bench, MESSAGE, recorder } from './support.js'

const NOW = { type: 'immediate' } as const

describe('a consent hook', () => {
  it('that gives no text for code or reason leaves items that can be stored', async () => {
    const answers: unknown[] = [
      { allowed: false, code: 42, reason: { why: 'no' } },
      { allowed: false, code: 'a'.repeat(500), reason: `\u0000\ud800${'r'.repeat(5_000)}` },
      { allowed: false, code: '', reason: '' },
    ]
    const { broadside, clock } = await bench({ consent: () => answers.shift() as ConsentAnswer })
    const sending = await broadside.sendings.create({ ...SENDING, recipients: recipients(3), schedule: NOW })
    await clock.advance(1_000)
    const { items } = await sending.items()
    expect(items.map(({ status }) => status)).toEqual(['skipped', 'skipped', 'skipped'])
    expect(items.map(({ code }) => code)).toEqual(['42', 'a'.repeat(64), 'NOT_ALLOWED'])
    for (const { reason = '' } of items) {
      expect(reason).toMatch(/^[^\p{Cc}\p{Cs}]{1,500}$/u)
    }
    await broadside.close()
  })
})

describe('changes of a draft', () => {
  it.each(['constructor', 'toString', '__proto__', 'nonsense'])('are refused that name %s', async (field) => {
    const { broadside } = await bench()
    const sending = await broadside.sendings.create({ ...SENDING, recipients: recipients(1) })
    const changes = JSON.parse(`{ "${field}": { "name": "changed" } }`)
    await expect(sending.update(changes)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect((await sending.info()).name).toBeUndefined()
    await broadside.close()
  })
})

describe('an audience source that can not count', () => {
  it('refuses a send with a deadline by an error that says so', async () => {
    const audienceSource = {
      ...sourceOf([]),
      count: () => {
        throw new TypeError('no connection')
      },
    }
    const { broadside } = await bench({ audienceSource })
    const sending = broadside.sendings.create({
      ...SENDING,
      audience: { type: 'all' },
      schedule: NOW,
      deadline: { after: '1 hour' },
    })
    await expect(sending).rejects.toMatchObject({ code: 'AUDIENCE_SOURCE_FAILED' })
    await broadside.close()
  })
})

describe('a test', () => {
  it('sends nothing when one of its recipients is not valid', async () => {
    const provider = recorder()
    const { broadside } = await bench({ providers: [provider] })
    const sending = await broadside.sendings.create(SENDING)
    await expect(sending.test({ recipients: [{ email: 'a@b.no' }, { email: 'nonsense' }] })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
    expect(provider.sent).toEqual([])
    await broadside.close()
  })

  it('that renders for some, and not for others, says so of each', async () => {
    const renderer = {
      name: 'picky',
      compile: (content: Readonly<Record<string, unknown>>) => ({
        render: ({ recipient }: Readonly<Record<string, unknown>>) => {
          if (String(recipient).includes('a@')) throw new Error('no such name')
          return content
        },
      }),
    }
    const { broadside } = await bench({ renderer })
    const sending = await broadside.sendings.create(SENDING)
    const results = await sending.test({ recipients: [{ email: 'a@b.no' }, { email: 'c@d.no' }] })
    expect(results).toMatchObject([
      { status: 'failed', code: 'RENDER_FAILED', reason: 'no such name' },
      { status: 'sent' },
    ])
    await expect(sending.preview({ recipient: { email: 'a@b.no' } })).rejects.toMatchObject({
      code: 'TEMPLATE_INVALID',
      sendingId: sending.id,
    })
    await broadside.close()
  })
})

describe('a link rewriter', () => {
  it.each([() => undefined, async () => undefined])(
    'that returns nothing leaves the content as it is',
    async (rewrite) => {
      const provider = recorder()
      const { broadside, clock } = await bench({
        providers: [provider],
        rewriteLinks: rewrite as unknown as LinkRewriter,
      })
      await broadside.sendings.create({ ...SENDING, recipients: recipients(1), schedule: NOW })
      await clock.advance(1_000)
      expect(provider.sent[0]?.content).toMatchObject({ html: '<p>There</p>' })
      await broadside.close()
    },
  )
})

describe('the argument of an operation', () => {
  const OPERATIONS = [
    'send',
    'unschedule',
    'pause',
    'resume',
    'cancel',
    'retryFailed',
    'pickChampion',
    'duplicate',
    'plan',
  ] as const
  const WRONG: readonly unknown[] = [
    null,
    5,
    'now',
    { shedule: { type: 'immediate' } },
    { type: 'relative', in: '1 day' },
  ]

  it.each(OPERATIONS)('of %s is refused where it is no such thing, and nothing happens', async (operation) => {
    const { broadside, clock } = await bench()
    const sending = await broadside.sendings.create({ ...SENDING, recipients: recipients(1) })
    for (const wrong of WRONG) {
      await expect(Reflect.apply(sending[operation], sending, [wrong])).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    }
    await clock.advance(1_000)
    expect((await sending.info()).status).toBe('draft')
    expect((await broadside.sendings.list()).sendings).toHaveLength(1)
    await broadside.close()
  })

  it('that is a word of another operation is refused, not left out', async () => {
    const { broadside, clock } = await bench()
    const sending = await broadside.sendings.create({ ...SENDING, recipients: recipients(2), schedule: NOW })
    await clock.advance(1_000)
    const refused: [() => Promise<unknown>, RegExp][] = [
      [() => Reflect.apply(sending.resume, sending, [{ onResume: 'reresolve' }]), /onResume/],
      [() => Reflect.apply(sending.duplicate, sending, [{ onlyUnreachd: true }]), /onlyUnreachd/],
      [() => Reflect.apply(sending.cancel, sending, [{ wait: 'please' }]), /wait/],
      [() => sending.duplicate({ onlyUnreached: true, changes: { recipients: recipients(2) } }), /unreachedOf/],
    ]
    for (const [call, message] of refused) {
      await expect(call()).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringMatching(message) })
    }
    await broadside.close()
  })
})

describe('a recipient with an address that is none', () => {
  it('is left out, and counted', async () => {
    const { broadside, clock } = await bench({ audienceSource: sourceOf([{ id: 1, email: 'not an address' }]) })
    const sending = await broadside.sendings.create({
      ...SENDING,
      recipients: [{ email: 'wrong' }, { email: 'also wrong' }, ...recipients(1)],
      audience: { type: 'all' },
      schedule: NOW,
    })
    await clock.advance(1_000)
    expect(await sending.info()).toMatchObject({
      status: 'transmitted',
      counters: { received: 1, enqueued: 1 },
      leftOut: { INVALID_ADDRESS: 3 },
    })
    await broadside.close()
  })
})

describe('the same person', () => {
  it('is one item, given inline by an address that is not the one a member is reached by', async () => {
    const list = [
      { id: 'm1', email: 'a@example.com', msisdn: '4740000001' },
      { id: 'm2', email: 'b@example.com', msisdn: '4740000002' },
      // A telephone that two share is no reason to leave one of them out.
      { id: 'm3', email: 'c@example.com', msisdn: '4740000002' },
    ]
    const email = recorder()
    const sms = recorder({ name: 'sms', channel: 'sms' })
    const { broadside, clock } = await bench({ providers: [email, sms], audienceSource: sourceOf(list) })
    const { channel: _, ...message } = SENDING
    const sending = await broadside.sendings.create({
      ...message,
      channels: ['email', 'sms'],
      audience: { type: 'all' },
      recipients: [{ msisdn: '+47 40 00 00 01' }],
      draft: true,
    })
    expect(await sending.plan()).toMatchObject({ recipients: 3 })
    await sending.send()
    await clock.advance(1_000)
    expect(sms.sent).toHaveLength(1)
    expect(email.sent.map(({ address }) => address).sort()).toEqual(['b@example.com', 'c@example.com'])
    await broadside.close()
  })
})

describe('a word that is not known', () => {
  it('is refused by create, of a sending or a job, and nothing is made', async () => {
    const { broadside } = await bench()
    const misspelt = { idempotencykey: 'once' }
    const sending = { ...SENDING, recipients: recipients(1) }
    await expect(broadside.sendings.create(sending, misspelt as never)).rejects.toThrow(/idempotencykey/)
    await expect(broadside.jobs.create(MESSAGE, misspelt as never)).rejects.toThrow(/idempotencykey/)
    expect([(await broadside.sendings.list()).sendings, (await broadside.jobs.list()).jobs]).toEqual([[], []])
    await broadside.close()
  })

  it('is refused by items, whether or not there are any yet', async () => {
    const { broadside } = await bench()
    const sending = await broadside.sendings.create({ ...SENDING, recipients: recipients(1) })
    for (const query of [{ status: 'sent' }, { limit: -1 }, { limit: Number.NaN }])
      await expect(sending.items(query as never)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await broadside.close()
  })
})

describe('a cursor', () => {
  it('of the other direction is refused', async () => {
    const { broadside } = await bench()
    for (let i = 0; i < 3; i++) await broadside.sendings.create({ ...SENDING, recipients: recipients(1) })
    const { paging } = await broadside.sendings.list({ limit: 1, sortDir: 'desc' })
    const other = { limit: 1, sortDir: 'asc', cursor: paging.cursor } as const
    await expect(broadside.sendings.list(other)).rejects.toMatchObject({ code: 'CURSOR_INVALID' })
    await broadside.close()
  })
})

describe('a deadline', () => {
  it('that the provider can not meet is seen when it is sent, also where no channel is named', async () => {
    const provider = recorder({ limits: { rate: { limit: 10, intervalMs: 1_000 } } })
    const audienceSource = { ...sourceOf([]), count: () => 3_000 }
    const { broadside } = await bench({ providers: [provider], audienceSource })
    const { channel: _, ...message } = SENDING
    const late = { ...message, audience: { type: 'all' }, deadline: { after: '1 minute' } } as const
    const sending = await broadside.sendings.create(late)
    await expect(sending.send()).rejects.toMatchObject({ code: 'DEADLINE_UNREACHABLE' })
    await broadside.close()
  })
})

describe('an audience source', () => {
  it.each([
    ['null', null],
    ['a promise', Promise.resolve([])],
    ['number', 7],
  ])('that gives back %s is told what it has to give', async (kind, given) => {
    const { broadside, clock } = await bench({ audienceSource: { resolve: () => given as never } })
    const told: string[] = []
    broadside.on('sending:trouble', ({ error }) => told.push(error.message))
    await broadside.sendings.create({ ...SENDING, audience: { type: 'all' }, schedule: { type: 'immediate' } })
    await clock.advance(1_000)
    expect(told).toEqual([expect.stringContaining(`and gave ${kind}`)])
    await broadside.close()
  })
})
