import { describe, expect, it } from 'vitest'
import { createBroadside, type JobInput, type Renderer } from '../src/index.js'
import { bench, MESSAGE, people, recorder } from './support.js'

describe('bad input', () => {
  it.each<[string, unknown, string[]]>([
    ['nothing', undefined, ['']],
    ['no message', {}, ['message']],
    ['a message that says nothing', { message: {} }, ['message']],
    ['an unknown field', { message: { content: {} }, prio: 3 }, ['']],
    ['a misspelt message field', { message: { contents: {} } }, ['message']],
    ['a priority out of range', { ...MESSAGE, priority: 11 }, ['priority']],
    ['half a priority', { ...MESSAGE, priority: 1.5 }, ['priority']],
    ['no attempts', { ...MESSAGE, retry: { maxAttempts: 0 } }, ['retry.maxAttempts']],
    ['a blank tag', { ...MESSAGE, tags: ['a', ' '] }, ['tags.1']],
    [
      'channels twice',
      { message: { content: {}, channels: ['a'], routing: { channels: ['b'] } } },
      ['message.channels'],
    ],
    ['all channels at once', { message: { content: {}, routing: { method: 'all' } } }, ['message.routing.method']],
    ['a subject that is no text', { message: { content: { subject: 7 } } }, ['message.content.subject']],
    ['another word for uncertain', { ...MESSAGE, onUncertain: 'maybe' }, ['onUncertain']],
  ])('is refused whole, with the path of what is bad: %s', async (_, input, paths) => {
    const { broadside } = await bench()
    const refused = await broadside.jobs.create(input as JobInput).catch((error: unknown) => error)
    expect(refused).toMatchObject({ name: 'BroadsideError', code: 'INVALID_INPUT' })
    const { issues } = refused as { issues: { path: (string | number)[] }[] }
    expect(issues.map((issue) => issue.path.join('.'))).toEqual(expect.arrayContaining(paths))
    expect((await broadside.jobs.list()).jobs).toHaveLength(0)
    await broadside.close()
  })

  it('lists every bad field, not only the first', async () => {
    const { broadside } = await bench()
    await expect(broadside.jobs.create({ ...MESSAGE, priority: 0, tags: [''] })).rejects.toMatchObject({
      message: expect.stringMatching(/priority.*|tags\.0/),
      issues: [expect.anything(), expect.anything()],
    })
    await broadside.close()
  })

  it('of an engine is refused before anything is opened', async () => {
    await expect(createBroadside(undefined as never)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(createBroadside({} as never)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(bench({ providers: [recorder(), recorder()] })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('recorder'),
    })
    await expect(bench({ providers: [{ channel: 'x', name: 'y' }] })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(bench({ tuning: { leaseMs: -1 } })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: ['leaseMs'] }],
    })
  })

  it('of a query is refused', async () => {
    const { broadside } = await bench()
    const job = await broadside.jobs.create(MESSAGE)
    await expect(job.items({ limit: 0 })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(job.items({ status: 'sent' as never })).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await expect(job.items({ cursor: 'page 2' })).rejects.toMatchObject({ code: 'CURSOR_INVALID' })
    await expect(broadside.jobs.list({ cursor: '[1]' })).rejects.toMatchObject({ code: 'CURSOR_INVALID' })
    await expect(broadside.jobs.get('job_none')).rejects.toMatchObject({
      code: 'JOB_NOT_FOUND',
      message: expect.stringContaining('job_none'),
    })
    await broadside.close()
  })
})

describe('run', () => {
  const strict: Renderer = {
    name: 'strict',
    compile: (content) => {
      if (Object.values(content).some((value) => String(value).includes('{{ nope')))
        throw new Error('unknown filter nope in text')
      return { render: () => content }
    },
  }

  it.each<[string, JobInput, string]>([
    ['a channel nobody carries', { message: { content: {}, channels: ['pigeon'] } }, 'CHANNEL_NOT_AVAILABLE'],
    ['a preference that leaves no channel', { ...MESSAGE, channelsPreference: ['sms'] }, 'CHANNEL_NOT_AVAILABLE'],
    ['a transport that is not there', { ...MESSAGE, transport: 'other' }, 'TRANSPORT_NOT_FOUND'],
    ['a reference nobody resolves', { message: { event: 'WELCOME' } }, 'CONTENT_SOURCE_MISSING'],
    ['a template that does not compile', { message: { content: { text: '{{ nope' } } }, 'TEMPLATE_INVALID'],
    [
      'a locale that does not compile',
      { message: { content: {}, locale: { nb: { text: '{{ nope' } } } },
      'TEMPLATE_INVALID',
    ],
  ])('refuses %s, and the job stays created', async (_, input, code) => {
    const { broadside } = await bench({ renderer: strict })
    const job = await broadside.jobs.create(input)
    await job.ingest(people(1))
    await expect(job.run()).rejects.toMatchObject({ code, jobId: job.id, message: expect.stringContaining(job.id) })
    expect((await job.info()).status).toBe('created')
    expect(await job.ingest(people(1, 1))).toMatchObject({ total: 1 })
    await broadside.close()
  })

  it('refuses template syntax without a renderer, and content that the source does not know', async () => {
    const { broadside } = await bench({ contentSource: { resolve: () => undefined } })
    const braces = await broadside.jobs.create({ message: { content: { subject: 'Hi {{ name }}' } } })
    await expect(braces.run()).rejects.toMatchObject({
      code: 'RENDERER_MISSING',
      message: expect.stringContaining('subject'),
    })
    const unknown = await broadside.jobs.create({ message: { template: 'welcome' } })
    await expect(unknown.run()).rejects.toMatchObject({
      code: 'CONTENT_NOT_FOUND',
      message: expect.stringContaining('welcome'),
    })
    await broadside.close()
  })

  it('resolves references once, and hands them to providers that render by themselves', async () => {
    let asked = 0
    const contentSource = {
      resolve: () => {
        asked += 1
        return { subject: 'From the source', text: 'x' }
      },
    }
    const own = recorder()
    const { broadside, clock } = await bench({ providers: [own], contentSource })
    const job = await broadside.jobs.create({ message: { event: 'WELCOME', content: { text: 'mine' } } })
    await job.ingest(people(50))
    await job.run()
    await clock.advance(1_000)
    expect(asked).toBe(1)
    expect(own.sent[49]?.content).toEqual({ subject: 'From the source', text: 'mine' })
    await broadside.close()

    const hosted = recorder({ hostedTemplates: true })
    const second = await bench({ providers: [hosted] })
    const referring = await second.broadside.jobs.create({
      message: { event: 'WELCOME', brand: 'B', data: { a: 1, b: 1 } },
    })
    await referring.ingest([{ to: { email: 'a@example.com', data: { b: 2, c: 2 } }, data: { c: 3 } }])
    await referring.run()
    await second.clock.advance(1_000)
    expect(hosted.sent[0]?.reference).toMatchObject({ event: 'WELCOME', brand: 'B', data: { a: 1, b: 2, c: 3 } })
    await second.broadside.close()
  })
})
