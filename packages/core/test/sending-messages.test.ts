import { describe, expect, it } from 'vitest'
import { type BroadsideError, type ChannelProvider, isBroadsideError, type SendingInput } from '../src/index.js'
import { recipients, SENDING } from './sending-support.js'
import { bench, START } from './support.js'

const HOUR = 60 * 60_000
const NOW = { type: 'immediate' } as const
const whole: SendingInput = { ...SENDING, recipients: recipients(1) }

async function refusalOf(call: Promise<unknown>): Promise<BroadsideError> {
  const error = await call.then(
    () => undefined,
    (refused: unknown) => refused,
  )
  if (!isBroadsideError(error)) throw new Error('it was not refused')
  return error
}

describe('what is refused', () => {
  const lacking: [string, SendingInput][] = [
    ['a renderer', { ...whole, message: { content: { 'text/html': '{{ name }}' } } }],
    ['a channel', { ...SENDING, channel: 'pigeon', recipients: [{ pigeon: 'roof' }] }],
    ['a transport', { ...whole, transport: 'acme' }],
    ['recipients', SENDING],
    ['an audience source', { ...SENDING, audience: { type: 'all' } }],
    ['a preflight', { ...whole, tests: [{ type: 'spam-score', enabled: true }] }],
    [
      'time',
      { ...whole, rate: { limit: 1, intervalMs: HOUR }, recipients: recipients(9), deadline: { after: '1 hour' } },
    ],
  ]

  it.each(lacking)('for want of %s is called a sending, with its id once it has one', async (_, input) => {
    const { broadside } = await bench()
    const created = await refusalOf(broadside.sendings.create({ ...input, schedule: NOW }))
    expect(created.message).not.toMatch(/\bjob\b|sending-?_?\w*\d/i)
    expect(created.message).toMatch(/the sending\b/i)
    expect([created.sendingId, created.jobId]).toEqual([undefined, undefined])
    expect((await broadside.sendings.list()).sendings).toEqual([])
    const draft = await broadside.sendings.create(input)
    const sent = await refusalOf(draft.send())
    expect(sent).toMatchObject({ code: created.code, sendingId: draft.id, jobId: undefined })
    expect(sent.message).toMatch(new RegExp(`\\bsending ${draft.id}\\b`, 'i'))
    expect(sent.message).not.toMatch(/\bjob\b/i)
    await broadside.close()
  })

  it('says of merge data by another name what it is called here', async () => {
    const { broadside } = await bench()
    const astray = { ...SENDING, recipients: [{ email: 'ann@example.com', data: { name: 'Ann' } }] }
    const error = await refusalOf(broadside.sendings.create(astray as unknown as SendingInput))
    expect(error).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: ['recipients', 0, 'data'], message: 'is not known; did you mean properties?' }],
    })
    await broadside.close()
  })
})

describe('a Date', () => {
  it('does for a schedule and a deadline, and is kept as text', async () => {
    const { broadside, clock } = await bench()
    const sending = await broadside.sendings.create({
      ...whole,
      schedule: { type: 'absolute', at: new Date(START + HOUR) },
      deadline: new Date(START + 2 * HOUR),
    })
    expect(await sending.info()).toMatchObject({
      dueAt: START + HOUR,
      definition: {
        schedule: { at: new Date(START + HOUR).toISOString() },
        deadline: new Date(START + 2 * HOUR).toISOString(),
      },
    })
    const draft = await broadside.sendings.create(whole)
    const at = new Date(START + 3 * HOUR)
    expect((await draft.plan({ schedule: { type: 'absolute', at } })).waves[0]?.dueAt).toBe(START + 3 * HOUR)
    await draft.send({ schedule: { type: 'absolute', at } })
    await clock.advanceTo(START + HOUR)
    await clock.advance(1_000)
    expect((await sending.info()).status).toBe('transmitted')
    await broadside.close()
  })

  it('that is none is refused', async () => {
    const { broadside } = await bench()
    const at = new Date(Number.NaN)
    const schedule = { type: 'absolute', at } as const
    const error = await refusalOf(broadside.sendings.create({ ...whole, schedule, deadline: at }))
    expect(error.issues?.map(({ path }) => path.join('.'))).toEqual(['schedule.at', 'deadline'])
    await broadside.close()
  })
})

describe('the job of a sending', () => {
  it('leads to its sending', async () => {
    const { broadside, clock } = await bench()
    const sending = await broadside.sendings.create({ ...whole, schedule: NOW })
    await clock.advance(1_000)
    const { jobId = '' } = await sending.info()
    expect((await (await broadside.jobs.get(jobId)).info()).sendingId).toBe(sending.id)
    expect((await broadside.jobs.list()).jobs.map((job) => job.sendingId)).toEqual([sending.id])
    const job = await broadside.jobs.create({ message: { content: { subject: 'Hello' } } })
    expect((await job.info()).sendingId).toBeUndefined()
    await broadside.close()
  })

  it('that fails while it is prepared says so of the sending', async () => {
    let isUp = true
    const contentSource = { resolve: () => (isUp ? { subject: 'Hello' } : undefined) }
    const provider: ChannelProvider = { channel: 'email', name: 'silent', send: () => ({ type: 'sent' }) }
    const { broadside, clock } = await bench({ contentSource, providers: [provider] })
    const input: SendingInput = {
      ...whole,
      message: { template: 'spring' },
      schedule: { type: 'relative', in: '1 hour' },
    }
    const sending = await broadside.sendings.create(input)
    isUp = false
    await clock.advance(2 * HOUR)
    const { status, reason } = await sending.info()
    expect([status, reason]).toEqual(['failed', expect.stringContaining(`Sending ${sending.id} refers to spring`)])
    await broadside.close()
  })
})
