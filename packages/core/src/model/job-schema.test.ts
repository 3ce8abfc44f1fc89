import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyValue, bagOf, TRAPS } from '../domain/hostile.fixture.js'
import { describeIssues, readInput } from '../domain/input.js'
import { type JobInput, jobDefinitionSchema } from './job.js'

const content = { subject: 'Hello', text: 'There' }

function issuesOf(input: unknown): string[] {
  const read = readInput(jobDefinitionSchema, input)
  return read.ok ? [] : read.issues.map((issue) => describeIssues([issue], 'The job'))
}

const read = (input: unknown): unknown => jobDefinitionSchema.parse(input)

describe('jobDefinitionSchema', () => {
  it('fills in what was left out, as the specification says', () => {
    expect(read({ message: { content } })).toEqual({
      message: { content },
      tags: [],
      priority: 5,
      retry: { maxAttempts: 5, baseDelayMs: 1_000, maxDelayMs: 3_600_000 },
      onUncertain: 'resend',
    })
    expect(read({ message: { content }, retry: { maxAttempts: 1 }, rate: { limit: 10 } })).toMatchObject({
      retry: { maxAttempts: 1, baseDelayMs: 1_000, maxDelayMs: 3_600_000 },
      rate: { limit: 10, intervalMs: 1_000 },
    })
  })

  it('takes every field of a job, and keeps it as it was given', () => {
    const job: JobInput = {
      message: {
        event: 'V7E6M48EFQMB78H746QCCD1KSRAA',
        template: 'welcome',
        content: {
          ...content,
          html: '<p>',
          title: 't',
          body: 'b',
          from: 'f',
          replyTo: 'r',
          'x-own': { deep: [1, null] },
        },
        data: { company_name: 'Acme', nested: { a: [1] } },
        brand: 'W50NC77P524K14M5300PGPEK4JMJ',
        locale: { nb: { subject: 'Hei' }, en_US: {} },
        override: { email: { replyTo: 'desk@example.com' }, smtp: {} },
        routing: { method: 'single', channels: ['email', 'sms'] },
      },
      name: 'promo_01_20_2018',
      tags: ['birthday', 'promo'],
      classification: 'promotional',
      priority: 10,
      rate: { limit: 100, intervalMs: 60_000 },
      transport: 'smtp',
      channelsPreference: ['sms'],
      retry: { maxAttempts: 1_000, baseDelayMs: 0, maxDelayMs: 0 },
      onUncertain: 'hold',
      metadata: { owner: 'marketing', ids: [1, 2] },
    }
    expect(read(job)).toEqual(job)
  })

  it('is the same once it has been stored and read again', () => {
    const parsed = read({
      message: { content, data: { at: { toJSON: () => '1970' }, none: undefined } },
      rate: { limit: 1 },
    })
    expect(read(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed)
  })

  it('trims names', () => {
    expect(read({ message: { content, channels: [' email '] }, tags: [' a '], name: ' n ' })).toMatchObject({
      message: { channels: ['email'] },
      tags: ['a'],
      name: 'n',
    })
  })

  it.each([{ event: 'E' }, { template: 'T' }, { content: {} }, { content, event: 'E', template: 'T' }])(
    'is satisfied with %j as a message',
    (message) => {
      expect(issuesOf({ message })).toEqual([])
    },
  )

  it.each<[unknown, RegExp]>([
    [{}, /^message: /],
    [null, /^The job: .*object/],
    [{ message: {} }, /^message: needs one of event, template or content/],
    [{ message: { data: {}, locale: 'en' } }, /^message: needs one of event, template or content/],
    [{ message: { event: ' ' } }, /^message\.event: Too small/],
    [{ message: { content: 'Hi' } }, /^message\.content: .*object/],
    [{ message: { content: { subject: 7 } } }, /^message\.content\.subject: .*string/],
    [
      { message: { content: { own: () => 'x' } } },
      /^message\.content\.own: is not JSON, so it cannot be stored: it is a function/,
    ],
    [{ message: { content: { own: 1n } } }, /^message\.content\.own: is not JSON, .*it is a bigint/],
    [{ message: { content, contents: {} } }, /^message: .*"contents"/],
    [{ message: { content, data: [] } }, /^message\.data: must be an object/],
    [{ message: { content, data: { id: 1n } } }, /^message\.data: is not JSON, so it cannot be stored: .*BigInt/],
    [{ message: { content, data: { toJSON: () => 7 } } }, /^message\.data: must be an object/],
    [{ message: { content, locale: 7 } }, /^message\.locale: must be a locale such as "en_US", or content by locale/],
    [{ message: { content, locale: { nb: { subject: 7 } } } }, /^message\.locale\.nb\.subject: .*string/],
    [{ message: { content, locale: { '': {} } } }, /^message\.locale\.: /],
    [{ message: { content, override: { email: 'x' } } }, /^message\.override\.email: must be an object/],
    [{ message: { content, channels: [] } }, /^message\.channels: Too small/],
    [{ message: { content, channels: ['email', ''] } }, /^message\.channels\.1: Too small/],
    [
      { message: { content, channels: ['a'], routing: { channels: ['b'] } } },
      /^message\.channels: give either channels or routing\.channels/,
    ],
    [{ message: { content, routing: { method: 'all' } } }, /^message\.routing\.method: must be "single"/],
    [{ message: { content, routing: { chanels: ['a'] } } }, /^message\.routing: .*"chanels"/],
    [{ message: { content }, prio: 1 }, /^The job: .*"prio"/],
    [{ message: { content }, priority: 0 }, /^priority: .*>=1/],
    [{ message: { content }, priority: 11 }, /^priority: .*<=10/],
    [{ message: { content }, priority: 1.5 }, /^priority: .*int/],
    [{ message: { content }, priority: '5' }, /^priority: .*number/],
    [{ message: { content }, retry: { maxAttempts: 0 } }, /^retry\.maxAttempts: /],
    [{ message: { content }, retry: { maxAttempts: 1_001 } }, /^retry\.maxAttempts: /],
    [{ message: { content }, retry: { maxAttempts: Number.POSITIVE_INFINITY } }, /^retry\.maxAttempts: /],
    [{ message: { content }, retry: { baseDelayMs: -1 } }, /^retry\.baseDelayMs: /],
    [{ message: { content }, retry: { baseDelayMs: Number.NaN } }, /^retry\.baseDelayMs: /],
    [{ message: { content }, retry: { maxDelayMs: 1e15 } }, /^retry\.maxDelayMs: .*<=31536000000/],
    [{ message: { content }, retry: { max: 1 } }, /^retry: .*"max"/],
    [{ message: { content }, rate: {} }, /^rate\.limit: /],
    [{ message: { content }, rate: { limit: 0 } }, /^rate\.limit: /],
    [{ message: { content }, rate: { limit: 1, intervalMs: 0 } }, /^rate\.intervalMs: /],
    [{ message: { content }, onUncertain: 'maybe' }, /^onUncertain: .*"resend"\|"hold"/],
    [{ message: { content }, channelsPreference: [] }, /^channelsPreference: /],
    [{ message: { content }, tags: 'a' }, /^tags: .*array/],
    [{ message: { content }, tags: new Array(101).fill('a') }, /^tags: .*<=100/],
    [{ message: { content }, name: 'x'.repeat(256) }, /^name: .*<=255/],
    [{ message: { content }, name: 'a\0b' }, /^name: must not contain control characters/],
    [
      { message: { content }, tags: ['\ud800'] },
      /^tags\.0: must not contain control characters or halves of surrogate pairs/,
    ],
    [{ message: { content, channels: ['e\nmail'] } }, /^message\.channels\.0: must not contain control characters/],
    [{ message: { content }, metadata: [] }, /^metadata: must be an object/],
    [{ message: { content }, metadata: { f: 1n } }, /^metadata: is not JSON, so it cannot be stored: .*BigInt/],
  ])('refuses %o and says where', (input, expected) => {
    const issues = issuesOf(input)
    expect(issues).toHaveLength(1)
    expect(issues[0]).toMatch(expected)
  })

  it('lists every bad field at once', () => {
    expect(
      issuesOf({ message: { content: { text: 1 } }, priority: 0, tags: [''] }).map((issue) => issue.split(':')[0]),
    ).toEqual(['message.content.text', 'tags.0', 'priority'])
  })

  it('keeps odd names in data, overrides and notes as plain data', () => {
    const bag = '{"__proto__":{"a":1},"constructor":{"prototype":{"b":2}},"deep":{"__proto__":3}}'
    const input = JSON.parse(`{"message":{"content":{},"data":${bag},"override":{"email":${bag}}},"metadata":${bag}}`)
    const { message, metadata } = jobDefinitionSchema.parse(input)
    for (const kept of [message.data, message.override?.email, metadata]) expect(JSON.stringify(kept)).toBe(bag)
    expect(({} as { a?: number }).a).toBeUndefined()
  })

  it.each(['content', 'override', 'locale'])('takes no prototype from %s', (field) => {
    const input = JSON.parse(
      `{"message":{"event":"E","${field}":{"__proto__":{"subject":"evil"}," __proto__ ":{"subject":"evil"}}}}`,
    )
    const parsed = readInput(jobDefinitionSchema, input)
    if (!parsed.ok) return
    const kept: Record<string, unknown> = parsed.data.message[field as 'content'] ?? {}
    expect(kept.subject).toBeUndefined()
    expect(Object.getPrototypeOf(kept)).toBe(Object.prototype)
  })

  it('is not changed by what becomes of the input afterwards', () => {
    const data = { list: [1] }
    const parsed = jobDefinitionSchema.parse({ message: { content, data, override: { email: data } }, metadata: data })
    data.list.push(2)
    expect(parsed).toMatchObject({
      message: { data: { list: [1] }, override: { email: { list: [1] } } },
      metadata: { list: [1] },
    })
  })

  it.each(TRAPS)('refuses, or can store, %s', (_, make) => {
    for (const input of [
      make(),
      { message: make() },
      { message: { content: make() } },
      { message: { content: { own: make() } } },
      { message: { content, data: make(), locale: make() } },
      { message: { content, data: { a: make() }, override: { a: make() } }, metadata: { a: make() } },
      { message: { content }, name: make(), tags: [make()], retry: make(), rate: make() },
    ]) {
      const one = readInput(jobDefinitionSchema, input)
      if (one.ok) expect(read(JSON.parse(JSON.stringify(one.data)))).toEqual(one.data)
      else expect(one.issues.every(({ message }) => message.length > 0)).toBe(true)
    }
  })

  it('can be stored as JSON whenever it is taken, and reads back the same', () => {
    const bag = bagOf(fc.oneof({ weight: 8, arbitrary: fc.jsonValue() }, { weight: 1, arbitrary: anyValue }))
    const inputs = fc.record({
      message: fc.record(
        { content: fc.oneof(fc.constant(content), bag), data: bag, override: bagOf(bag) },
        { requiredKeys: ['content'] },
      ),
      metadata: bag,
    })
    let taken = 0
    fc.assert(
      fc.property(inputs, (input) => {
        const one = readInput(jobDefinitionSchema, input)
        if (!one.ok) return
        taken += 1
        expect(read(JSON.parse(JSON.stringify(one.data)))).toEqual(one.data)
      }),
      { numRuns: 1_000 },
    )
    expect(taken).toBeGreaterThan(100)
  })
})
