import { describe, expect, it } from 'vitest'
import type { SendingInput } from '../src/index.js'
import { recipients, SENDING } from './sending-support.js'
import { bench, recorder } from './support.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const renderer = {
  name: 'braces',
  compile: (content: Readonly<Record<string, unknown>>) => ({
    render: (data: Readonly<Record<string, unknown>>) =>
      Object.fromEntries(
        Object.entries(content).map(([field, text]) => [
          field,
          typeof text === 'string'
            ? text.replace(/\{\{ (\w+) \}\}/g, (_, name: string) => String(data[name] ?? ''))
            : text,
        ]),
      ),
  }),
}

const variants = [
  { name: 'plain', headers: { subject: 'plain' } },
  { name: 'loud', headers: { subject: 'LOUD' }, weight: 3 },
]
const withChampion = (champion: { pickedBy?: 'hand' | 'function'; after?: string }): SendingInput => ({
  ...SENDING,
  recipients: recipients(200),
  schedule: { type: 'immediate' },
  experiments: [{ name: 'subject', strategy: 'split-with-champion', testShare: 0.2, variants, champion }],
})

describe('split', () => {
  it('gives everybody one of the variants, by their weights, and counts results', async () => {
    const provider = recorder()
    const { broadside, clock } = await bench({ providers: [provider], renderer })
    const sending = await broadside.sendings.create({
      ...SENDING,
      recipients: recipients(400),
      schedule: { type: 'immediate' },
      experiments: [
        { name: 'subject', strategy: 'split', variants },
        {
          name: 'body',
          strategy: 'split',
          variants: [{ name: 'a' }, { name: 'b', content: { 'text/html': '<b>{{ recipient }}</b>' } }],
        },
      ],
    })
    await clock.advance(5_000)
    expect((await sending.info()).status).toBe('transmitted')
    const loud = provider.sent.filter(({ content }) => content.subject === 'LOUD')
    expect(loud.length).toBeGreaterThan(250)
    expect(loud.length).toBeLessThan(350)
    const combinations = new Set(
      provider.sent.map(({ variants: chosen = [] }) => chosen.map(({ variant }) => variant).join()),
    )
    expect(combinations.size).toBe(4)
    for (const { content, variants: chosen, recipient } of provider.sent) {
      const [subject, body] = (chosen ?? []).map(({ variant }) => variant)
      expect(content.subject).toBe(subject === 'loud' ? 'LOUD' : 'plain')
      expect(content.html).toBe(body === 'b' ? `<b>${recipient}</b>` : '<p>There</p>')
    }
    const [results] = await sending.results()
    expect(results?.variants.map(({ variant, counters }) => [variant, counters.enqueued])).toEqual([
      ['plain', 400 - loud.length],
      ['loud', loud.length],
    ])
    await broadside.close()
  })
})

describe('split with champion', () => {
  it('sends the test group first, and the rest with what a person picks', async () => {
    const provider = recorder()
    const { broadside, clock } = await bench({ providers: [provider] })
    const picked: unknown[] = []
    broadside.on('sending:champion', (event) => picked.push(event))
    const sending = await broadside.sendings.create(withChampion({}))
    await clock.advance(10 * HOUR)
    const tested = provider.sent.length
    expect(tested).toBeGreaterThan(20)
    expect(tested).toBeLessThan(60)
    expect(await sending.info()).toMatchObject({
      status: 'transmitting',
      counters: { enqueued: tested, pending: 200 - tested },
    })
    const [before] = await sending.results()
    expect(before?.testGroup?.reduce((sum, { counters }) => sum + counters.received, 0)).toBe(tested)
    await expect(sending.pickChampion({ experiment: 'subject', variant: 'quiet' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    })
    await sending.pickChampion({ experiment: 'subject', variant: 'loud', idempotencyKey: 'k' })
    await sending.pickChampion({ experiment: 'subject', variant: 'loud', idempotencyKey: 'k' })
    await clock.advance(5_000)
    expect(await sending.info()).toMatchObject({ status: 'transmitted', counters: { enqueued: 200 } })
    expect(provider.sent.slice(tested).every(({ content }) => content.subject === 'LOUD')).toBe(true)
    expect(provider.sent.slice(0, tested).some(({ content }) => content.subject === 'plain')).toBe(true)
    expect((await sending.results())[0]).toMatchObject({ champion: 'loud' })
    expect(picked).toEqual([{ sendingId: sending.id, experiment: 'subject', variant: 'loud' }])
    await expect(sending.pickChampion({ experiment: 'subject', variant: 'plain' })).rejects.toMatchObject({
      code: 'INVALID_TRANSITION',
    })
    await broadside.close()
  })

  it('sends the rest at the set time with what the function picks, and asks again when it has not decided', async () => {
    const provider = recorder()
    const asked: number[] = []
    const { broadside, clock } = await bench({
      providers: [provider],
      pickChampion: ({ experiment, results, sending }) => {
        asked.push(results.reduce((sum, { counters }) => sum + counters.enqueued, 0))
        expect([experiment.name, sending.status]).toEqual(['subject', 'transmitting'])
        return asked.length === 1 ? undefined : 'plain'
      },
    })
    const sending = await broadside.sendings.create(withChampion({ pickedBy: 'function', after: '4 hours' }))
    await clock.advance(4 * HOUR - 1)
    const tested = provider.sent.length
    expect(asked).toEqual([])
    await clock.advance(1_000)
    expect([asked, provider.sent.length]).toEqual([[tested], tested])
    await clock.advance(MINUTE)
    expect(asked).toEqual([tested, tested])
    expect(await sending.info()).toMatchObject({ status: 'transmitted', counters: { enqueued: 200 } })
    expect(provider.sent.slice(tested).every(({ content }) => content.subject === 'plain')).toBe(true)
    await broadside.close()
  })

  it('keeps what is picked while paused', async () => {
    const provider = recorder()
    const { broadside, clock } = await bench({ providers: [provider] })
    const sending = await broadside.sendings.create(withChampion({}))
    await clock.advance(1_000)
    await sending.pause()
    await sending.pickChampion({ experiment: 'subject', variant: 'loud' })
    const tested = provider.sent.length
    await clock.advance(HOUR)
    expect(provider.sent).toHaveLength(tested)
    await sending.resume()
    await clock.advance(1_000)
    expect((await sending.info()).status).toBe('transmitted')
    expect(provider.sent.slice(tested).every(({ content }) => content.subject === 'LOUD')).toBe(true)
    await broadside.close()
  })
})

describe('preview and test', () => {
  it('show a chosen variant for one recipient, and send nothing', async () => {
    const provider = recorder()
    const source = {
      resolve: () => [],
      member: (id: string) =>
        id === '7' ? { id: 7, email: 'seven@example.com', properties: { name: 'Seven' } } : undefined,
    }
    const { broadside } = await bench({ providers: [provider], renderer, audienceSource: source })
    const sending = await broadside.sendings.create({
      ...SENDING,
      message: {
        headers: { subject: 'Hi {{ name }}', fromEmail: 'a@b.no', fromDesc: 'Sales' },
        content: { 'text/html': 'x' },
      },
      experiments: [
        {
          name: 'body',
          strategy: 'split',
          variants: [
            { name: 'a', content: { 'text/html': 'A' } },
            { name: 'b', content: { 'text/html': 'B' } },
          ],
        },
      ],
    })
    const preview = await sending.preview({
      recipient: { member_id: 7 },
      variants: [{ experiment: 'body', variant: 'b' }],
    })
    expect(preview).toMatchObject({
      channel: 'email',
      address: 'seven@example.com',
      content: { subject: 'Hi Seven', html: 'B', from: '"Sales" <a@b.no>' },
      variants: [{ experiment: 'body', variant: 'b' }],
    })
    await expect(
      sending.preview({ recipient: { member_id: 7 }, variants: [{ experiment: 'body', variant: 'c' }] }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    expect(await sending.preview({ recipient: { msisdn: '4740769126' } })).toMatchObject({
      channel: undefined,
      content: { subject: 'Hi ' },
    })
    expect(provider.sent).toEqual([])
    const test = { recipients: [{ email: 'me@example.com' }, { msisdn: '4740769126' }], idempotencyKey: 'k' }
    expect(await sending.test(test)).toEqual([
      expect.objectContaining({ status: 'sent', channel: 'email', address: 'me@example.com' }),
      expect.objectContaining({ status: 'skipped', code: 'NO_ADDRESS' }),
    ])
    await sending.test(test)
    expect(provider.sent).toHaveLength(2)
    expect(provider.sent[0]?.messageId).toBe(provider.sent[1]?.messageId)
    expect(await sending.info()).toMatchObject({ status: 'draft', counters: undefined })
    await broadside.close()
  })
})
