import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isBroadsideError } from '../model/error.js'
import { type Variant, variantSchema } from '../model/experiment.js'
import { jobDefinitionSchema } from '../model/job.js'
import { messageSchema } from '../model/message.js'
import { type SendingInput, sendingDefinitionSchema } from '../model/sending.js'
import { contentOf, jobDefinitionOf, jobMessageOf, requireContent, withVariants } from './sending-content.js'

const CORDIAL = {
  headers: {
    subject: 'Buy one ticket and get the second half price',
    fromEmail: 'skiguy@example.com',
    replyEmail: 'skiguy@example.com',
    fromDesc: 'Ski Promotions Team',
  },
  content: { 'text/html': '<div>Some Content</div>' },
}

function variant(parts: Partial<Variant>): Variant {
  return variantSchema.parse({ name: 'A', ...parts })
}

function define(sending: SendingInput) {
  return sendingDefinitionSchema.parse(sending)
}

describe('contentOf', () => {
  it('reads the Cordial document', () => {
    expect(contentOf(CORDIAL)).toEqual({
      subject: 'Buy one ticket and get the second half price',
      fromEmail: 'skiguy@example.com',
      fromDesc: 'Ski Promotions Team',
      replyTo: 'skiguy@example.com',
      html: '<div>Some Content</div>',
    })
  })

  it.each([
    [
      { 'text/plain': 'Hi', 'TEXT/HTML': '<p>Hi</p>' },
      { text: 'Hi', html: '<p>Hi</p>' },
    ],
    [
      { title: 'Hi', body: 'There' },
      { title: 'Hi', body: 'There' },
    ],
    [{ 'text/x-amp-html': '<html ⚡4email>' }, { 'text/x-amp-html': '<html ⚡4email>' }],
    [
      { sound: { name: 'bell', volume: 3 }, badge: null },
      { sound: { name: 'bell', volume: 3 }, badge: null },
    ],
    [{ 'text/html': 'by type', html: 'by field' }, { html: 'by type' }],
    [{ html: 'by field', 'text/html': 'by type' }, { html: 'by type' }],
  ])('makes of %j %j', (content, expected) => {
    expect(contentOf({ content })).toEqual(expected)
  })

  it('takes headers over fields of their names', () => {
    expect(contentOf({ headers: { subject: 'header' }, content: { subject: 'content', replyTo: 'b@c.io' } })).toEqual({
      subject: 'header',
      replyTo: 'b@c.io',
    })
  })

  it.each([
    [{ 'text/html': 7 }, ['content', 'text/html']],
    [{ 'text/plain': ['a'] }, ['content', 'text/plain']],
    [{ title: { en: 'Hi' } }, ['content', 'title']],
  ])('refuses %j and says where', (content, path) => {
    try {
      contentOf({ content })
      expect.unreachable()
    } catch (error) {
      if (!isBroadsideError(error, 'INVALID_INPUT')) throw error
      expect(error.issues?.map((issue) => issue.path)).toEqual([path])
      expect(error.message).toContain(path.join('.'))
    }
  })

  it('gives no field that is not given', () => {
    expect(Object.keys(contentOf({}))).toEqual([])
    expect(Object.keys(contentOf({ headers: {}, content: {} }))).toEqual([])
  })

  it('takes no key for more than a field', () => {
    const content = JSON.parse('{"__proto__": {"subject": "x"}, "constructor": "y"}')
    const read = contentOf({ content })
    expect(read.subject).toBeUndefined()
    expect(Object.entries(read)).toContainEqual(['constructor', 'y'])
  })
})

describe('requireContent', () => {
  it('says where each bad field is, in the message and in the variants', () => {
    const variants = [variant({ name: 'A', content: { title: 7 } }), variant({ name: 'B', content: { sound: 7 } })]
    const experiments = [{ name: 'title', strategy: 'split' as const, variants }]
    try {
      requireContent({ message: { content: { 'text/html': 7 } }, experiments })
      expect.unreachable()
    } catch (error) {
      if (!isBroadsideError(error, 'INVALID_INPUT')) throw error
      expect(error.issues?.map(({ path }) => path.join('.'))).toEqual([
        'message.content.text/html',
        'experiments.0.variants.0.content.title',
      ])
      expect(error.message).toContain('experiments.0.variants.0.content.title: ')
    }
  })

  it('lets good content pass', () => {
    expect(() => requireContent(define({ message: CORDIAL }))).not.toThrow()
    expect(() => requireContent(define({ message: { template: 'welcome' } }))).not.toThrow()
  })
})

describe('withVariants', () => {
  it('lays variants over in their order, field by field', () => {
    const variants = [
      variant({ headers: { subject: 'first', fromDesc: 'Anna' } }),
      variant({ headers: { subject: 'second' }, content: { 'text/html': '<b>B</b>' } }),
    ]
    expect(withVariants(contentOf(CORDIAL), variants)).toEqual({
      ...contentOf(CORDIAL),
      subject: 'second',
      fromDesc: 'Anna',
      html: '<b>B</b>',
    })
  })

  it('changes nothing without variants, or with ones that change nothing', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.string()), (content) => {
        expect(withVariants(content, [])).toEqual({ ...content })
        expect(withVariants(content, [variant({}), variant({ headers: {} })])).toEqual({ ...content })
      }),
    )
  })
})

describe('jobMessageOf', () => {
  it('is a message that a job takes', () => {
    expect(messageSchema.safeParse(jobMessageOf(CORDIAL)).success).toBe(true)
  })

  it('keeps references and all else, and gives a mere reference no content', () => {
    const message = { template: 'welcome', brand: 'skis', locale: 'nb', override: { email: { headers: { a: 'b' } } } }
    expect(jobMessageOf(message)).toEqual(message)
  })
})

describe('jobDefinitionOf', () => {
  it('is a job definition with the same delivery options', () => {
    const options = {
      name: 'promo_01_20_2018',
      tags: ['promo'],
      classification: 'promotional',
      priority: 9,
      rate: { limit: 10, intervalMs: 1_000 },
      transport: 'smtp',
      channelsPreference: ['sms', 'email'],
      retry: { maxAttempts: 2, baseDelayMs: 5, maxDelayMs: 50 },
      onUncertain: 'hold' as const,
      metadata: { campaign: 7 },
    }
    const job = jobDefinitionOf(define({ ...options, message: CORDIAL, trackLinks: false, failAfter: null }))
    expect(job).toEqual({ ...options, message: { content: contentOf(CORDIAL) } })
    expect(jobDefinitionSchema.parse(job)).toEqual(job)
  })

  it.each([
    [{ channel: 'email' }, ['email']],
    [{ channels: ['sms', 'email'] }, ['sms', 'email']],
    [{}, undefined],
  ])('with %j goes out on %j', (given, channels) => {
    expect(jobDefinitionOf(define({ ...given, message: CORDIAL })).message.channels).toEqual(channels)
  })

  it('has the sending’s properties over the message’s data', () => {
    const message = { ...CORDIAL, data: { city: 'Oslo', season: 'winter' } }
    const { data } = jobDefinitionOf(define({ message, properties: { city: 'Bergen' } })).message
    expect(data).toEqual({ city: 'Bergen', season: 'winter' })
    expect(jobDefinitionOf(define({ message: CORDIAL, properties: { city: 'Bergen' } })).message.data).toEqual({
      city: 'Bergen',
    })
    expect(jobDefinitionOf(define({ message: CORDIAL })).message).not.toHaveProperty('data')
  })

  it('takes every key of the properties as data', () => {
    const properties = JSON.parse('{"__proto__": {"isAdmin": true}}')
    const { data = {} } = jobDefinitionOf(define({ message: CORDIAL, properties })).message
    expect(Object.keys(data)).toEqual(['__proto__'])
    expect(data.isAdmin).toBeUndefined()
  })
})
