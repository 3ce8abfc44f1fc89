import { describe, expect, it } from 'vitest'
import type { ConsentAnswer, LinkRewriter } from '../src/index.js'
import { recipients, SENDING, sourceOf } from './sending-support.js'
import { bench, recorder } from './support.js'

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
