import { describe, expect, it } from 'vitest'
import type { ConsentQuestion } from '../src/index.js'
import { members, recipients, SENDING, sourceOf } from './sending-support.js'
import { bench, MESSAGE, recorder } from './support.js'

const NOW = { type: 'immediate' } as const
const both = (): ReturnType<typeof recorder>[] => [
  recorder({ name: 'mail' }),
  recorder({ name: 'text', channel: 'sms' }),
]
const reach = (one: { email: string }, n: number): { email: string; msisdn: string } => ({
  ...one,
  msisdn: `474076912${n}`,
})

describe('channels', () => {
  it("are chosen by the sending's preference, and by a recipient's own before it", async () => {
    const [mail, text] = both()
    const { broadside, clock } = await bench({ providers: [mail, text].filter((one) => one !== undefined) })
    const [a, b, c] = recipients(3).map(reach)
    const sending = await broadside.sendings.create({
      message: SENDING.message,
      channels: ['email', 'sms'],
      channelsPreference: ['sms'],
      recipients: [
        { ...a },
        { ...b, channelsPreference: ['email', 'sms'] },
        { ...c, channelsPreference: ['email'], msisdn: '474' },
      ],
      schedule: NOW,
    })
    await clock.advance(1_000)
    expect(text?.sent.map(({ address }) => address)).toEqual(['4740769120'])
    expect(mail?.sent.map(({ address }) => address)).toEqual(['person1@example.com', 'person2@example.com'])
    expect((await sending.info()).status).toBe('transmitted')
    await broadside.close()
  })
})

describe('the consent hook', () => {
  it('is asked for each item and channel; where it says no, the next channel is tried', async () => {
    const asked: ConsentQuestion[] = []
    const providers = both()
    const { broadside, clock } = await bench({
      providers,
      consent: async (question) => {
        asked.push(question)
        if (question.recipient === 'throws' && asked.filter(({ recipient }) => recipient === 'throws').length === 1)
          throw new Error('down')
        if (question.recipient === 'blocked') return { allowed: false, code: 'NOT_SUBSCRIBED', reason: 'unsubscribed' }
        return question.user.preferences?.email !== false || question.channel !== 'email'
      },
    })
    const job = await broadside.jobs.create({ ...MESSAGE, classification: 'promotional', retry: { baseDelayMs: 10 } })
    await job.ingest([
      { recipient: 'willing', to: { email: 'a@b.no', phone_number: '4740769120' } },
      { recipient: 'by text', to: { email: 'b@b.no', phone_number: '4740769121' }, preferences: { email: false } },
      { recipient: 'neither', to: { email: 'c@b.no' }, preferences: { email: false } },
      { recipient: 'blocked', to: { email: 'd@b.no', phone_number: '4740769122' } },
      { recipient: 'throws', to: { email: 'e@b.no' } },
    ])
    await job.run()
    await clock.advance(5_000)
    const { items } = await job.items()
    expect(
      items.map(({ recipient, status, channel, code, attempts }) => [recipient, status, channel, code, attempts]),
    ).toEqual([
      ['willing', 'enqueued', 'email', undefined, 1],
      ['by text', 'enqueued', 'sms', undefined, 1],
      ['neither', 'skipped', 'email', 'NOT_ALLOWED', 0],
      ['blocked', 'skipped', 'sms', 'NOT_SUBSCRIBED', 0],
      ['throws', 'enqueued', 'email', undefined, 2],
    ])
    expect(asked[0]).toMatchObject({
      jobId: job.id,
      classification: 'promotional',
      channel: 'email',
      address: 'a@b.no',
    })
    expect(providers.flatMap(({ sent }) => sent.map(({ address }) => address))).toEqual([
      'a@b.no',
      'e@b.no',
      '4740769121',
    ])
    await broadside.close()
  })

  it('leaves a sending nobody may get transmitted, with its items skipped', async () => {
    const { broadside, clock } = await bench({ consent: () => false, audienceSource: sourceOf(members(3)) })
    const sending = await broadside.sendings.create({ ...SENDING, audience: { type: 'all' }, schedule: NOW })
    await clock.advance(1_000)
    expect(await sending.info()).toMatchObject({ status: 'transmitted', counters: { skipped: 3 } })
    expect(await sending.codes()).toEqual({ NOT_ALLOWED: 3 })
    await broadside.close()
  })
})

describe('transactional messages by sms', () => {
  it('can be forbidden', async () => {
    const providers = both()
    const { broadside, clock } = await bench({ providers, transactionalSms: false })
    const input = { message: SENDING.message, classification: 'transactional', schedule: NOW } as const
    const to = { recipients: recipients(1).map(reach) }
    await expect(broadside.sendings.create({ ...input, ...to, channel: 'sms' })).rejects.toMatchObject({
      code: 'CLASSIFICATION_NOT_ALLOWED',
    })
    const sending = await broadside.sendings.create({
      ...input,
      recipients: [...to.recipients, { msisdn: '4740769129' }],
    })
    await clock.advance(1_000)
    expect(await sending.info()).toMatchObject({ counters: { enqueued: 1, skipped: 1 } })
    expect(providers[1]?.sent).toEqual([])
    await broadside.close()
  })
})

describe('links', () => {
  it('are rewritten where the sending tracks them', async () => {
    const provider = recorder()
    const { broadside, clock } = await bench({
      providers: [provider],
      rewriteLinks: async (content, { messageId }) => ({ ...content, html: `${content.html} via ${messageId}` }),
    })
    const input = { ...SENDING, recipients: recipients(1), schedule: NOW }
    await broadside.sendings.create(input)
    await clock.advance(1_000)
    await broadside.sendings.create({ ...input, trackLinks: false })
    await clock.advance(1_000)
    const [tracked, plain] = provider.sent
    expect([tracked?.content.html, tracked?.trackLinks]).toEqual([`<p>There</p> via ${tracked?.messageId}`, true])
    expect([plain?.content.html, plain?.trackLinks]).toEqual(['<p>There</p>', false])
    await broadside.close()
  })
})
