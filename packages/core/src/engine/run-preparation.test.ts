import { describe, expect, it } from 'vitest'
import type { ChannelProvider } from '../channel/provider.js'
import { TRAPS } from '../domain/hostile.fixture.js'
import { ZERO_COUNTERS } from '../model/counters.js'
import { BroadsideError } from '../model/error.js'
import { type JobInput, jobDefinitionSchema } from '../model/job.js'
import type { Content } from '../model/message.js'
import type { ContentReference } from '../render/content-source.js'
import type { Renderer } from '../render/renderer.js'
import type { JobRecord } from '../storage/job-record.js'
import { runAsync, runSync } from './maybe-async.js'
import { ProviderRegistry } from './provider-registry.js'
import { namedChannels, type PreparationPorts, type PreparedRun, prepareRun } from './run-preparation.js'

/** What a host's code may throw: errors, and things that are none. */
const THROWN: [string, () => unknown][] = [
  ['an error', () => new Error('no connection')],
  ['an error that says nothing', () => new Error('')],
  ...TRAPS.filter(([name]) => !/proxy|list/.test(name)).map(([name, make]): [string, () => unknown] => [name, make]),
]

const content = { subject: 'Hello', text: 'There' }

function jobOf(input: JobInput): JobRecord {
  return {
    id: 'job_1',
    definition: jobDefinitionSchema.parse(input),
    createdAt: 0,
    status: 'created',
    counters: ZERO_COUNTERS,
    inFlight: 0,
    runNo: 0,
    ingestErrors: {},
    channels: [],
  }
}

function provider(name: string, channel: string, changes: Partial<ChannelProvider> = {}): ChannelProvider {
  return { name, channel, send: () => ({ type: 'sent' }), ...changes }
}

function ports(
  changes: Partial<Omit<PreparationPorts, 'providers'>> = {},
  providers?: ChannelProvider[],
): PreparationPorts {
  return {
    providers: new ProviderRegistry(providers ?? [provider('smtp', 'email'), provider('gateway', 'sms')]),
    renderer: undefined,
    contentSource: undefined,
    dispatch: true,
    ...changes,
  }
}

const prepare = (input: JobInput, given = ports()): PreparedRun => runSync(prepareRun(jobOf(input), given))

function refusalOf(input: JobInput, given?: PreparationPorts): BroadsideError {
  try {
    prepare(input, given)
  } catch (error) {
    return error as BroadsideError
  }
  throw new Error('was prepared')
}

const answering = (answer: unknown): Partial<PreparationPorts> => ({
  contentSource: { resolve: () => answer as Content },
})

describe('channels of a run', () => {
  it.each<[string, JobInput, string[]]>([
    ['are the engine’s where the message names none', { message: { content } }, ['email', 'sms']],
    ['are the message’s', { message: { content, channels: ['sms'] } }, ['sms']],
    ['are those of its routing', { message: { content, routing: { channels: ['sms', 'email'] } } }, ['sms', 'email']],
    [
      'are selected and ordered by preference',
      { message: { content, channels: ['email', 'sms'] }, channelsPreference: ['push', 'sms'] },
      ['sms'],
    ],
  ])('%s', (_, input, channels) => {
    expect(prepare(input).channels).toEqual(channels)
  })

  it('are not asked after in an engine that only writes', () => {
    const writer = ports({ dispatch: false }, [])
    expect(prepare({ message: { content, channels: ['pigeon'] }, transport: 'other' }, writer).channels).toEqual([
      'pigeon',
    ])
    expect(refusalOf({ message: { content } }, writer)).toMatchObject({ code: 'CHANNEL_NOT_AVAILABLE' })
  })

  it.each<[JobInput, string, RegExp]>([
    [
      { message: { content, channels: ['pigeon', 'sms'] } },
      'CHANNEL_NOT_AVAILABLE',
      /channel pigeon, .* It has smtp \(email\), gateway \(sms\)\./,
    ],
    [{ message: { content }, channelsPreference: ['push'] }, 'CHANNEL_NOT_AVAILABLE', /check channelsPreference/],
    [{ message: { content }, transport: 'other' }, 'TRANSPORT_NOT_FOUND', /transport other, .* email or sms/],
    [{ message: { content, channels: ['sms'] }, transport: 'smtp' }, 'TRANSPORT_NOT_FOUND', /carries sms/],
    [{ message: { content, channels: ['constructor'] } }, 'CHANNEL_NOT_AVAILABLE', /channel constructor/],
  ])('refuses %j and says what there is', (input, code, message) => {
    const refused = refusalOf(input)
    expect(refused).toMatchObject({ code, jobId: 'job_1' })
    expect(refused.message).toMatch(/^Job job_1 /)
    expect(refused.message).toMatch(message)
  })
})

describe('content of a run', () => {
  it('is the message’s own, with a variant for each locale', () => {
    const locale = { nb: { subject: 'Hei' }, 'en-GB': { text: 'Cheers', own: 1 } }
    expect(prepare({ message: { content, locale } }).prepared).toEqual({
      content,
      contentByLocale: { nb: { subject: 'Hei', text: 'There' }, 'en-GB': { subject: 'Hello', text: 'Cheers', own: 1 } },
    })
    expect(prepare({ message: { content, locale: 'nb' } }).prepared).toEqual({ content })
  })

  it('is resolved once, by all that the message refers to, and the message’s own goes over it', () => {
    const asked: ContentReference[] = []
    const contentSource = {
      resolve: (reference: ContentReference) => {
        asked.push(reference)
        return { subject: 'Stored', html: '<p>' }
      },
    }
    const message = { event: 'E', template: 'T', brand: 'B', locale: 'nb', content: { subject: 'Own' } }
    expect(prepare({ message }, ports({ contentSource })).prepared.content).toEqual({ subject: 'Own', html: '<p>' })
    expect(asked).toEqual([{ event: 'E', template: 'T', brand: 'B', locale: 'nb' }])
  })

  it('is not covered by a field that is there and undefined', () => {
    const message = {
      template: 'T',
      content: { subject: undefined, own: undefined },
      locale: { nb: { text: undefined } },
    }
    const { prepared } = prepare({ message }, ports(answering(content)))
    expect(prepared.content).toEqual(content)
    expect(prepared.contentByLocale).toEqual({ nb: content })
  })

  it('waits for a source that takes its time', async () => {
    const contentSource = { resolve: async () => content }
    const prepared = await runAsync(prepareRun(jobOf({ message: { template: 'T' } }), ports({ contentSource })))
    expect(prepared.prepared.content).toEqual(content)
  })

  it('is left to providers that render by themselves, if all do', () => {
    const hosted = { hostedTemplates: true }
    const all = ports({}, [provider('a', 'email', hosted), provider('b', 'sms', hosted)])
    expect(prepare({ message: { template: 'T' } }, all).prepared).toEqual({})
    const some = ports({}, [provider('a', 'email', hosted), provider('b', 'sms')])
    expect(refusalOf({ message: { template: 'T' } }, some)).toMatchObject({ code: 'CONTENT_SOURCE_MISSING' })
    expect(refusalOf({ message: { event: 'E', template: 'T' } }).message).toMatch(
      /^Job job_1 refers to E \/ T, and there is nobody/,
    )
  })

  it.each<[unknown, RegExp]>([
    [undefined, /refers to T, which the content source does not know/],
    [null, /refers to T, which the content source does not know/],
    ['Hello', /gave something else: it: .*object/],
    [[content], /gave something else: it: .*object/],
    [{ subject: 7 }, /gave something else: subject: .*string/],
    [{ own: 1n }, /gave something else: own: is not JSON/],
  ])('is refused where the source answers %o', (answer, message) => {
    const refused = refusalOf({ message: { template: 'T' } }, ports(answering(answer)))
    expect(refused).toMatchObject({
      code: 'CONTENT_NOT_FOUND',
      jobId: 'job_1',
      message: expect.stringMatching(message),
    })
  })

  it.each(TRAPS)('is refused, or can be stored, where the source answers with %s', (_, make) => {
    for (const answer of [make(), { subject: 'x', own: make() }]) {
      try {
        const { prepared } = prepare({ message: { template: 'T' } }, ports(answering(answer)))
        expect(JSON.parse(JSON.stringify(prepared))).toEqual(prepared)
      } catch (error) {
        expect(error).toMatchObject({ code: 'CONTENT_NOT_FOUND', jobId: 'job_1' })
      }
    }
  })

  it.each<[string, () => unknown]>(THROWN)('is refused where the source throws %s', (_, make) => {
    const contentSource = {
      resolve: () => {
        throw make()
      },
    }
    expect(refusalOf({ message: { template: 'T' } }, ports({ contentSource }))).toMatchObject({
      name: 'BroadsideError',
      code: 'CONTENT_NOT_FOUND',
      jobId: 'job_1',
      message: expect.stringMatching(/^Job job_1 refers to T, which the content source failed to get: .+/),
    })
  })

  it('passes on what the source says in our own words', () => {
    const own = new BroadsideError('NOT_SUPPORTED', 'no')
    const contentSource = {
      resolve: () => {
        throw own
      },
    }
    expect(refusalOf({ message: { template: 'T' } }, ports({ contentSource }))).toBe(own)
  })
})

describe('templates of a run', () => {
  it('are compiled, each variant once, before anything goes out', () => {
    const compiled: Content[] = []
    const renderer: Renderer = {
      name: 'spy',
      compile: (one) => {
        compiled.push(one)
        return { render: () => one }
      },
    }
    prepare({ message: { content, locale: { nb: { subject: 'Hei' } } } }, ports({ renderer }))
    expect(compiled).toEqual([content, { subject: 'Hei', text: 'There' }])
  })

  it.each<[string, () => unknown]>(THROWN)(
    'refuse the run where compiling throws %s, and say which variant',
    (_, make) => {
      const renderer: Renderer = {
        name: 'strict',
        compile: (one) => {
          if (one.subject === 'Hei') throw make()
          return { render: () => one }
        },
      }
      const refused = refusalOf({ message: { content, locale: { nb: { subject: 'Hei' } } } }, ports({ renderer }))
      expect(refused).toMatchObject({ code: 'TEMPLATE_INVALID', jobId: 'job_1' })
      expect(refused.message).toMatch(/^Job job_1 can't be run, its content \(locale nb\) does not compile: .+/)
    },
  )

  it.each(['{{ name }}', 'x {% if a %}'])('are not sent as they are: %s', (text) => {
    expect(refusalOf({ message: { content: { html: text } } })).toMatchObject({
      code: 'RENDERER_MISSING',
      message: expect.stringMatching(/^Job job_1 has template syntax in html, /),
    })
    expect(refusalOf({ message: { content, locale: { nb: { text } } } }).message).toContain('in text (locale nb)')
  })

  it('are not looked for in what is no text, and take no time to be looked for', { timeout: 1_000 }, () => {
    expect(prepare({ message: { content: { own: { deep: '{{ x }}' } } } }).channels).toEqual(['email', 'sms'])
    expect(prepare({ message: { content: { text: '{ '.repeat(1_000_000) } } }).channels).toHaveLength(2)
  })
})

describe('namedChannels', () => {
  it('has those of the message or its routing, or none', () => {
    expect(namedChannels({ channels: ['a'] })).toEqual(['a'])
    expect(namedChannels({ routing: { channels: ['b'] } })).toEqual(['b'])
    expect(namedChannels({ routing: { method: 'single' } })).toBeUndefined()
  })
})
