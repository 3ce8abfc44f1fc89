import { describe, expect, it } from 'vitest'
import { deliveryOptionsShape } from './delivery-options.js'
import { type SendingInput, sendingDefinitionSchema } from './sending.js'

const message = { headers: { subject: 'Two for one' }, content: { 'text/html': '<div>Some Content</div>' } }

function issuesOf(input: unknown): string[] {
  const parsed = sendingDefinitionSchema.safeParse(input)
  return (parsed.error?.issues ?? []).map(({ path, message: text }) => `${path.join('.')}: ${text}`)
}

describe('sendingDefinitionSchema', () => {
  it('fills in what was left out', () => {
    const { retry, ...filled } = sendingDefinitionSchema.parse({ message })
    expect(retry).toEqual(deliveryOptionsShape.retry.parse(undefined))
    expect(filled).toEqual({
      message,
      tags: [],
      priority: 5,
      onUncertain: 'resend',
      draft: false,
      trackLinks: true,
      failAfter: '20 minutes',
      onMissed: 'send',
      onResume: 'continue',
    })
  })

  it('takes the campaign of the Cordial document', () => {
    const input: SendingInput = {
      sendtrigger: 'manual',
      channel: 'email',
      classification: 'promotional',
      name: 'promo_01_20_2018',
      tags: ['birthday', 'promo'],
      schedule: { type: 'absolute', at: '2018-01-24 16:10:08', scheduleType: 'contactTZ' },
      message: {
        headers: {
          subject: 'Buy one ticket and get the second half price',
          fromEmail: 'skiguy@example.com',
          replyEmail: 'skiguy@example.com',
          fromDesc: 'Ski Promotions Team',
        },
        content: { 'text/html': '<div>Some Content</div>' },
      },
      audience: { type: 'reference', name: '30_day_engaged' },
      transport: '57d098b66c8766fd53ad19d7',
      trackLinks: true,
      tests: [{ type: '250ok', enabled: true }, { type: 'spam' }],
    }
    const parsed = sendingDefinitionSchema.parse(input)
    expect(parsed).toMatchObject({
      ...input,
      schedule: { prescheduled: false },
      tests: [{ enabled: true }, { enabled: false }],
    })
  })

  it('takes the sending of the MPC document', () => {
    const input: SendingInput = {
      message: { template: 'welcome' },
      schedule: { type: 'relative', in: '2 days', prescheduled: true },
      audience: { type: 'inline', id: 15 },
      recipients: [
        { member_id: 150, properties: { name: 'Piotr' } },
        { email: 'jan@example.com', properties: { name: 'Jan' } },
      ],
      channelsPreference: ['sms', 'email'],
      properties: { season: 'winter' },
      deadline: { after: '20 minutes' },
    }
    expect(sendingDefinitionSchema.parse(input)).toMatchObject(input)
  })

  it('is the same once it has been stored and read again', () => {
    const parsed = sendingDefinitionSchema.parse({
      message,
      schedule: { type: 'relative', in: '1 day' },
      recipients: [],
    })
    expect(sendingDefinitionSchema.parse(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed)
  })

  it.each([
    [{}, /^message: /],
    [{ message: { headers: { subject: 'Hi' } } }, /^message: needs one of event, template or content/],
    [{ message: { ...message, channels: ['sms'] } }, /^message: .+channels/],
    [{ message: { ...message, headers: { subjekt: 'Hi' } } }, /^message\.headers: .+subjekt/],
    [{ message, channel: 'email', channels: ['sms'] }, /^channels: give either channel or channels/],
    [{ message, channels: [] }, /^channels: /],
    [{ message, recipients: [{ email: 'a@b.no' }, {}] }, /^recipients\.1: needs a member_id/],
    [
      { message, channel: 'sms', recipients: [{ msisdn: '47' }, { email: 'a@b.no' }] },
      /^recipients\.1: has no address for any/,
    ],
    [{ message, schedule: { type: 'relative', in: 'soon' } }, /^schedule\.in: .+the grammar is/],
    [{ message, deadline: 'soon' }, /^deadline: .+is not a date and time/],
    [{ message, deadline: { after: 'a while' } }, /^deadline\.after: .+the grammar is/],
    [{ message, deadline: 20 }, /^deadline: must be a date and time/],
    [{ message, failAfter: 20 }, /^failAfter: /],
    [{ message, failAfter: '20 min' }, /^failAfter: .+the grammar is/],
    [{ message, onMissed: 'skip' }, /^onMissed: /],
    [{ message, priority: 11 }, /^priority: /],
    [{ message, tests: [{ enabled: true }] }, /^tests\.0\.type: /],
    [{ message, shedule: { type: 'immediate' } }, /shedule/],
  ])('refuses %j and says where', (input, expected) => {
    const issues = issuesOf(input)
    expect(issues).toHaveLength(1)
    expect(issues[0]).toMatch(expected)
  })

  it('lists every bad field at once', () => {
    const issues = issuesOf({ message, priority: 0, schedule: { type: 'absolute', at: 'soon' }, recipients: [{}] })
    expect(issues.map((issue) => issue.split(':')[0])).toEqual(['priority', 'recipients.0', 'schedule.at'])
  })

  it('can switch failAfter off', () => {
    expect(sendingDefinitionSchema.parse({ message, failAfter: null }).failAfter).toBeNull()
  })
})
