import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type SmtpChannel, type SmtpChannelOptions, smtpChannel } from '../src/index.js'
import { type Arrival, type MailServer, mailServer } from './mail-server.js'
import { live, outgoing } from './outgoing.js'

let server: MailServer
const channels: SmtpChannel[] = []

beforeAll(async () => {
  server = await mailServer()
})

afterAll(async () => {
  await Promise.all(channels.map((channel) => channel.close()))
  await server.close()
})

function channelWith(options: SmtpChannelOptions = {}): SmtpChannel {
  const channel = smtpChannel({ url: `smtp://127.0.0.1:${server.port}`, ...options })
  channels.push(channel)
  return channel
}

const channel = { current: undefined as SmtpChannel | undefined }
const shared = (): SmtpChannel => (channel.current ??= channelWith())

async function arrival(sending: ReturnType<SmtpChannel['send']>): Promise<Arrival> {
  expect(await sending).toMatchObject({ type: 'sent' })
  const latest = server.arrivals.at(-1)
  if (!latest) throw new Error('nothing arrived')
  return latest
}

const header = ({ mail }: Arrival, name: string) =>
  mail.headers.filter(({ key }) => key === name.toLowerCase()).map(({ value }) => value)

describe('a message arrives', () => {
  it('with its words, sender and recipient', async () => {
    const { mail, sender, recipients } = await arrival(
      shared().send(outgoing({ subject: ' Grüße an Ann\n', text: 'Dear Ann\n.\n..', html: '<p>Dear Ann ☃</p>' }), live),
    )
    expect(mail).toMatchObject({
      subject: 'Grüße an Ann',
      from: { name: 'News', address: 'news@sender.test' },
      to: [{ address: 'ann@example.test' }],
    })
    expect(mail.text?.trim()).toBe('Dear Ann\n.\n..')
    expect(mail.html?.trim()).toBe('<p>Dear Ann ☃</p>')
    expect({ sender, recipients }).toEqual({ sender: 'news@sender.test', recipients: ['ann@example.test'] })
  })

  it('from the channel when it names no sender', async () => {
    const defaults = channelWith({
      from: { name: 'Acme, Inc', address: 'acme@sender.test' },
      replyTo: 'Help <help@sender.test>',
    })
    const { mail } = await arrival(defaults.send(outgoing({ from: undefined }), live))
    expect(mail).toMatchObject({
      from: { name: 'Acme, Inc', address: 'acme@sender.test' },
      replyTo: [{ name: 'Help', address: 'help@sender.test' }],
    })
    const own = await arrival(
      defaults.send(outgoing({ replyTo: ['a@sender.test', { name: 'B', address: 'b@sender.test' }] }), live),
    )
    expect(own.mail.replyTo).toMatchObject([{ address: 'a@sender.test' }, { name: 'B', address: 'b@sender.test' }])
    expect(own.mail.from?.address).toBe('news@sender.test')
  })

  it('with one Message-ID, the same on every attempt', async () => {
    const first = await arrival(shared().send(outgoing({}, { messageId: '0190-abc.1' }), live))
    const second = await arrival(shared().send(outgoing({}, { messageId: '0190-abc.1', attempt: 2 }), live))
    expect([header(first, 'message-id'), header(second, 'message-id')]).toEqual([
      ['<0190-abc.1@sender.test>'],
      ['<0190-abc.1@sender.test>'],
    ])
    const named = await arrival(channelWith({ messageIdDomain: 'ids.sender.test' }).send(outgoing(), live))
    expect(named.mail.messageId).toBe('<m-1@ids.sender.test>')
    const odd = await arrival(shared().send(outgoing({}, { messageId: 'a> \r\nBcc: b@y.test <' }), live))
    expect(odd.mail.messageId).toMatch(/^<[\w-]+@sender\.test>$/)
    expect(header(odd, 'bcc')).toEqual([])
  })

  it('with headers of the channel and its own', async () => {
    const tagged = channelWith({ headers: { 'X-Campaign': 'spring', 'List-Unsubscribe': '<https://sender.test/u>' } })
    const got = await arrival(
      tagged.send(
        outgoing({ headers: { 'x-campaign': 'summer', 'X-Number': 7, 'X-List': ['a', 'b'], 'X-Text': 'Grüße' } }),
        live,
      ),
    )
    expect(header(got, 'X-Campaign')).toEqual(['summer'])
    expect(header(got, 'List-Unsubscribe')).toEqual(['<https://sender.test/u>'])
    expect(header(got, 'X-Number')).toEqual(['7'])
    expect(header(got, 'X-List')).toEqual(['a', 'b'])
    expect(got.raw).toContain('X-Text: =?UTF-8?')
  })

  it('with what is attached to it', async () => {
    const attachments = [
      { filename: 'note.txt', content: 'hello' },
      {
        filename: 'dot.png',
        content: Buffer.from([137, 80]).toString('base64'),
        encoding: 'base64',
        contentType: 'image/png',
        cid: 'dot@sender.test',
        contentDisposition: 'inline',
      },
      { filename: 'bytes.bin', content: new Uint8Array([1, 2, 3]) },
    ]
    const { mail } = await arrival(
      shared().send(outgoing({ attachments, html: '<img src="cid:dot@sender.test">' }), live),
    )
    const got = Object.fromEntries(
      mail.attachments.map(({ filename, content }) => [filename, [...new Uint8Array(content as ArrayBuffer)]]),
    )
    expect(got).toEqual({ 'note.txt': [...Buffer.from('hello')], 'dot.png': [137, 80], 'bytes.bin': [1, 2, 3] })
  })

  it('with nothing that data URIs or paths in its words could bring along', async () => {
    const { mail } = await arrival(
      shared().send(
        outgoing({ html: '<img src="file:///etc/passwd"><img src="data:image/png;base64,AAAA">', text: '/etc/passwd' }),
        live,
      ),
    )
    expect(mail.attachments).toEqual([])
    expect(mail.text?.trim()).toBe('/etc/passwd')
  })
})

describe('a message is refused', () => {
  const LINE_BREAKS = ['\r\nBcc: b@y.test', '\nBcc: b@y.test', '\rBcc: b@y.test', '\u0000', '\r\n\r\n<p>body</p>']

  it.each(LINE_BREAKS)('for %j in any header', async (evil) => {
    const contents = [
      { subject: `a${evil}b` },
      { from: `News${evil} <news@sender.test>` },
      { from: { name: `a${evil}b`, address: 'news@sender.test' } },
      { from: { name: 'a', address: `news${evil}@sender.test` } },
      { replyTo: `a${evil} <a@sender.test>` },
      { headers: { 'X-A': `a${evil}b` } },
      { headers: { 'X-A': ['a', `a${evil}b`] } },
      { headers: { [`X-A${evil}`]: 'a' } },
      { attachments: [{ content: 'a', filename: `a${evil}b` }] },
      { attachments: [{ content: 'a', contentType: `text/plain${evil}b` }] },
      { attachments: [{ content: 'a', cid: `a${evil}b` }] },
    ]
    for (const content of contents) {
      expect(await shared().send(outgoing(content), live)).toMatchObject({ type: 'rejected', code: 'INVALID_HEADER' })
    }
    expect(await shared().send(outgoing({}, { address: `ann@example.test${evil}x` }), live)).toMatchObject({
      type: 'rejected',
      code: 'INVALID_HEADER',
    })
  })

  it.each([
    'a@x.test, b@y.test',
    'a@x.test,b@y.test',
    'a@x.test;b@y.test',
    'A <a@x.test>',
    'group: a@x.test, b@y.test;',
    'nobody',
    '',
  ])('for the address %j', async (address) => {
    expect(await shared().send(outgoing({}, { address }), live)).toMatchObject({
      type: 'rejected',
      code: 'INVALID_ADDRESS',
    })
  })

  it.each([
    'To',
    'cc',
    'BCC',
    'From',
    'Reply-To',
    'Subject',
    'Message-ID',
    'Content-Type',
    'MIME-Version',
    'Resent-To',
    'Return-Path',
  ])('for the header %s', async (name) => {
    expect(await shared().send(outgoing({ headers: { [name]: 'x@y.test' } }), live)).toMatchObject({
      type: 'rejected',
      code: 'INVALID_HEADER',
    })
  })

  it.each([
    [{ cc: 'b@y.test' }, 'INVALID_CONTENT'],
    [{ bcc: ['b@y.test'] }, 'INVALID_CONTENT'],
    [{ text: { path: '/etc/passwd' } }, 'INVALID_CONTENT'],
    [{ html: { href: 'http://127.0.0.1/' } }, 'INVALID_CONTENT'],
    [{ subject: 7 }, 'INVALID_CONTENT'],
    [{ headers: 'X-A: a' }, 'INVALID_HEADER'],
    [{ headers: { 'X-A': { prepared: true, value: 'a\r\nBcc: b@y.test' } } }, 'INVALID_HEADER'],
    [{ headers: { 'X A': 'a' } }, 'INVALID_HEADER'],
    [{ headers: { '': 'a' } }, 'INVALID_HEADER'],
    [{ attachments: [{ path: '/etc/passwd' }] }, 'INVALID_ATTACHMENT'],
    [{ attachments: [{ content: 'a', href: 'http://127.0.0.1/' }] }, 'INVALID_ATTACHMENT'],
    [{ attachments: [{ content: { path: '/etc/passwd' } }] }, 'INVALID_ATTACHMENT'],
    [{ attachments: [{ raw: 'a' }] }, 'INVALID_ATTACHMENT'],
    [{ attachments: [{ content: 'a', encoding: 'rot13' }] }, 'INVALID_ATTACHMENT'],
    [{ attachments: [{ content: 'a', contentType: 'nonsense' }] }, 'INVALID_ATTACHMENT'],
    [{ attachments: [{ content: 'a', contentDisposition: 'else' }] }, 'INVALID_ATTACHMENT'],
    [{ attachments: 'a' }, 'INVALID_ATTACHMENT'],
    [{ attachments: [null] }, 'INVALID_ATTACHMENT'],
    [{ subject: undefined, text: undefined }, 'EMPTY_MESSAGE'],
    [{ subject: '', text: '', html: '' }, 'EMPTY_MESSAGE'],
    [{ from: undefined }, 'NO_SENDER'],
    [{ from: ' ' }, 'NO_SENDER'],
    [{ from: 'nobody' }, 'INVALID_ADDRESS'],
    [{ replyTo: 'nobody' }, 'INVALID_ADDRESS'],
  ])('for %j', async (content, code) => {
    expect(await shared().send(outgoing(content), live)).toMatchObject({
      type: 'rejected',
      code,
      reason: expect.stringMatching(/\w/),
    })
  })

  it('property: whatever is in it, exactly the item’s address gets it, and no header is added', async () => {
    const evil = fc
      .array(
        fc.oneof(
          fc.string({ maxLength: 8 }),
          fc.constantFrom(
            '\r\n',
            '\n',
            '\r',
            'Bcc: b@y.test',
            '<b@y.test>',
            ', b@y.test',
            '=?utf-8?Q?=0D=0ABcc:b@y.test?=',
            '\r\n.\r\n',
            '"',
            '\\',
            'ü',
          ),
        ),
        { maxLength: 6 },
      )
      .map((parts) => parts.join(''))
    await fc.assert(
      fc.asyncProperty(evil, evil, evil, evil, async (subject, name, value, text) => {
        const before = server.arrivals.length
        const content = { subject, text, from: { name, address: 'news@sender.test' }, headers: { 'X-A': value } }
        const outcome = await shared().send(outgoing(content), live)
        const arrivals = server.arrivals.slice(before)
        expect(arrivals).toHaveLength(outcome.type === 'sent' ? 1 : 0)
        for (const got of arrivals) {
          expect(got).toMatchObject({ sender: 'news@sender.test', recipients: ['ann@example.test'] })
          expect(got.mail.headers.map(({ key }) => key).filter((key) => !KNOWN_HEADERS.has(key))).toEqual([])
          expect(got.mail.from?.address).toBe('news@sender.test')
          expect(got.mail.to).toMatchObject([{ address: 'ann@example.test' }])
        }
      }),
      { numRuns: 150 },
    )
  })
})

const KNOWN_HEADERS = new Set([
  'from',
  'to',
  'subject',
  'message-id',
  'date',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
  'x-a',
])

describe('addresses beyond ASCII', () => {
  it('have their domain in ASCII', async () => {
    const { raw } = await arrival(shared().send(outgoing({}, { address: 'ann@bücher.example' }), live))
    expect(raw).toContain('To: ann@xn--bcher-kva.example')
  })

  it('are sent as they are to a server that takes them', async () => {
    const { recipients } = await arrival(channelWith().send(outgoing({}, { address: 'jõgeva@example.test' }), live))
    expect(recipients).toEqual(['jõgeva@example.test'])
  })
})
