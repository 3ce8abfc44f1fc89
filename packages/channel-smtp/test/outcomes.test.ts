import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type SmtpChannelOptions, smtpChannel } from '../src/index.js'
import { live, outgoing } from './outgoing.js'
import {
  hangUp,
  type Misbehaviour,
  reset,
  type Stage,
  says,
  saysAndHangsUp,
  saysNothing,
  scriptedServer,
} from './scripted-server.js'
import { afterwards, channelTo, serverWith } from './set-up.js'

async function sendTo(script: Parameters<typeof scriptedServer>[0], options: SmtpChannelOptions = {}) {
  const server = await serverWith(script)
  return channelTo(server.port, options).send(outgoing(), live)
}

const item = { type: 'retryable', scope: 'item' }
const provider = { type: 'retryable', scope: 'provider' }

type Case = readonly [stage: Stage, behaviour: string, misbehaviour: Misbehaviour, outcome: object]

/** Only for servers that say nothing: elsewhere a busy machine would be taken for a silent server. */
const IMPATIENT = { greetingTimeoutMs: 300, socketTimeoutMs: 300 }
const GARBAGE = says('what is this')

const BEFORE_SESSION: readonly Case[] = [
  ['greeting', 'hangs up', hangUp, { ...provider, code: 'SMTP_CONNECTION' }],
  ['greeting', 'resets', reset, { ...provider, code: 'SMTP_CONNECTION' }],
  ['greeting', 'says nothing', saysNothing, { ...provider, code: 'SMTP_TIMEOUT' }],
  ['greeting', 'talks nonsense', GARBAGE, { ...provider, code: 'SMTP_PROTOCOL' }],
  [
    'greeting',
    'says 421',
    saysAndHangsUp('421 4.3.2 busy'),
    { ...provider, code: 'SMTP_421', reason: '421 4.3.2 busy' },
  ],
  ['greeting', 'says 554', says('554 no service'), { ...provider, code: 'SMTP_554' }],
  ['EHLO', 'hangs up', hangUp, { ...provider, code: 'SMTP_CONNECTION' }],
  ['EHLO', 'resets', reset, { ...provider, code: 'SMTP_CONNECTION' }],
  ['EHLO', 'says nothing', saysNothing, { ...provider, code: 'SMTP_TIMEOUT' }],
  ['EHLO', 'says 421', saysAndHangsUp('421 busy'), { ...provider, code: 'SMTP_421' }],
]

const ENVELOPE: readonly Case[] = (['MAIL', 'RCPT', 'DATA'] as const).flatMap((stage): Case[] => [
  [stage, 'hangs up', hangUp, { ...item, code: 'SMTP_CONNECTION' }],
  [stage, 'resets', reset, { ...item, code: 'SMTP_CONNECTION' }],
  [stage, 'says nothing', saysNothing, { ...item, code: 'SMTP_TIMEOUT' }],
  [stage, 'talks nonsense', GARBAGE, { ...item, code: 'SMTP_PROTOCOL' }],
  [stage, 'says 421', saysAndHangsUp('421 4.7.0 too many'), { ...provider, code: 'SMTP_421' }],
  [stage, 'says 450', says('450 4.2.1 later'), { ...item, code: 'SMTP_450', reason: '450 4.2.1 later' }],
  [stage, 'says 451 for everybody', says('451 4.7.1 too many messages'), { ...provider, code: 'SMTP_451' }],
  [stage, 'says 452 for everybody', says('452 4.3.1 disk full'), { ...provider, code: 'SMTP_452' }],
  [stage, 'says 503', says('503 bad sequence'), { ...item, code: 'SMTP_503' }],
  [stage, 'says 530', says('530 5.7.0 log in first'), { ...provider, code: 'SMTP_AUTH' }],
  [
    stage,
    'says 550',
    says('550 5.1.1 no such user'),
    { type: 'rejected', code: 'SMTP_550', reason: '550 5.1.1 no such user' },
  ],
])

const AFTER_DATA: readonly Case[] = [
  ['body', 'hangs up', hangUp, { type: 'unknown', code: 'SMTP_CONNECTION' }],
  ['body', 'resets', reset, { type: 'unknown', code: 'SMTP_CONNECTION' }],
  ['body', 'says nothing', saysNothing, { type: 'unknown', code: 'SMTP_TIMEOUT' }],
  ['dot', 'hangs up', hangUp, { type: 'unknown', code: 'SMTP_CONNECTION' }],
  ['dot', 'resets', reset, { type: 'unknown', code: 'SMTP_CONNECTION' }],
  ['dot', 'says nothing', saysNothing, { type: 'unknown', code: 'SMTP_TIMEOUT' }],
  ['dot', 'talks nonsense', GARBAGE, { type: 'unknown', code: 'SMTP_PROTOCOL' }],
  ['dot', 'says 354 once more', says('354 go on'), { type: 'unknown', code: 'SMTP_PROTOCOL' }],
  ['dot', 'says 421', saysAndHangsUp('421 4.3.0 try later'), { ...provider, code: 'SMTP_421' }],
  ['dot', 'says 451', says('451 4.3.0 try later'), { ...item, code: 'SMTP_451' }],
  [
    'dot',
    'says 454',
    says('454 Throttling failure: Maximum sending rate exceeded.'),
    { ...provider, code: 'SMTP_454' },
  ],
  ['dot', 'says 554', says('554 5.7.1 spam'), { type: 'rejected', code: 'SMTP_554', reason: '554 5.7.1 spam' }],
  [
    'dot',
    'says 554 without ending the line',
    (socket) => socket.end('554 5.7.1 spam'),
    { type: 'rejected', code: 'SMTP_554' },
  ],
]

describe.each([{ extensions: [] }, { extensions: ['PIPELINING', '8BITMIME', 'ENHANCEDSTATUSCODES'] }])(
  'what comes of a message, with %j',
  ({ extensions }) => {
    it.each([...BEFORE_SESSION, ...ENVELOPE, ...AFTER_DATA])(
      '%s: server %s',
      async (stage, _what, misbehaviour, outcome) => {
        const options = misbehaviour === saysNothing ? IMPATIENT : {}
        expect(await sendTo({ misbehaves: { [stage]: misbehaviour }, extensions }, options)).toMatchObject(outcome)
      },
    )

    it('sent, with what the server said', async () => {
      expect(await sendTo({ extensions })).toEqual({ type: 'sent', receipt: '250 2.0.0 Ok: queued as 4XyZ' })
    })
  },
)

describe('a session that can not be', () => {
  it('for a server that refuses connections', async () => {
    const server = await scriptedServer()
    await server.close()
    const channel = channelTo(server.port)
    expect(await channel.send(outgoing(), live)).toMatchObject({
      ...provider,
      code: 'SMTP_CONNECTION',
      reason: expect.stringContaining('ECONNREFUSED'),
    })
  })

  it('for a name that does not exist', async () => {
    const channel = smtpChannel({ host: 'mail.invalid', port: 25 })
    afterwards(() => channel.close())
    expect(await channel.send(outgoing(), live)).toMatchObject({ ...provider, code: 'SMTP_DNS' })
  })

  it('for a server that understands neither EHLO nor HELO', async () => {
    expect(await sendTo({ misbehaves: { EHLO: GARBAGE, HELO: GARBAGE } })).toMatchObject({
      ...provider,
      code: 'SMTP_PROTOCOL',
    })
  })

  it('where TLS is required and not there', async () => {
    expect(await sendTo({ misbehaves: {} }, { requireTls: true })).toMatchObject(provider)
  })

  it.each([
    ['535', says('535 5.7.8 bad credentials'), 'SMTP_AUTH'],
    ['454', says('454 4.7.0 try again'), 'SMTP_AUTH'],
    ['421', saysAndHangsUp('421 4.7.0 too many logins'), 'SMTP_AUTH'],
    ['nothing', saysNothing, 'SMTP_TIMEOUT'],
    ['goodbye', hangUp, 'SMTP_CONNECTION'],
  ])('where the login is answered with %s', async (_answer, misbehaviour, code) => {
    const options = { ...(misbehaviour === saysNothing ? IMPATIENT : {}), auth: { user: 'ann', pass: 'open sesame' } }
    const outcome = await sendTo({ misbehaves: { AUTH: misbehaviour }, extensions: ['AUTH PLAIN LOGIN'] }, options)
    expect(outcome).toMatchObject({ ...provider, code })
  })
})

describe('a message that takes long', () => {
  const long = { text: 'x'.repeat(70).concat('\n').repeat(200_000) }

  it.each([
    ['hangs up', hangUp],
    ['resets', reset],
  ])('was certainly not sent when the server %s before its end', async (_what, misbehaviour) => {
    const server = await serverWith({ misbehaves: { body: misbehaviour } })
    const channel = channelTo(server.port)
    expect(await channel.send(outgoing(long), live)).toMatchObject({ ...item, code: 'SMTP_CONNECTION' })
  })

  it('may yet be sent when the server talks nonsense in between', async () => {
    const server = await serverWith({ misbehaves: { body: GARBAGE } })
    const channel = channelTo(server.port)
    expect(await channel.send(outgoing(long), live)).toMatchObject({ type: 'unknown', code: 'SMTP_PROTOCOL' })
  })
})

describe('signed messages', () => {
  it('are followed just as well: signing reads all of a message before any of it is sent', async () => {
    const pair = generateKeyPairSync('rsa', {
      modulusLength: 1024,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    })
    const dkim = { domainName: 'sender.test', keySelector: 'a', privateKey: pair.privateKey }
    expect(await sendTo({ misbehaves: { RCPT: hangUp } }, { dkim })).toMatchObject(item)
    expect(await sendTo({ misbehaves: { dot: hangUp } }, { dkim })).toMatchObject({ type: 'unknown' })
    const server = await serverWith({})
    expect(await channelTo(server.port, { dkim }).send(outgoing(), live)).toMatchObject({ type: 'sent' })
    expect(server.messages[0]).toMatch(/^DKIM-Signature: v=1; a=rsa-sha256;[\s\S]*d=sender.test/)
  })

  it('need a key that is one: nodemailer would send them unsigned', () => {
    const dkim = { domainName: 'sender.test', keySelector: 'a', privateKey: 'no key' }
    expect(() => smtpChannel({ host: 'mail.test', dkim })).toThrow('dkim.privateKey must be an RSA private key in PEM')
  })
})

describe('connections', () => {
  it('are kept for the next message, and replaced when the server has closed them', async () => {
    const server = await serverWith({})
    const channel = channelTo(server.port)
    expect(await channel.send(outgoing(), live)).toMatchObject({ type: 'sent' })
    expect(await channel.send(outgoing(), live)).toMatchObject({ type: 'sent' })
    expect(server.connections()).toBe(1)
    server.dropAll()
    expect(await channel.send(outgoing(), live)).toMatchObject({ type: 'sent' })
    expect(server.connections()).toBe(2)
    expect(server.messages).toHaveLength(3)
  })

  it('that can not be replaced make the provider wait', async () => {
    const server = await scriptedServer()
    const channel = channelTo(server.port)
    expect(await channel.send(outgoing(), live)).toMatchObject({ type: 'sent' })
    const closing = server.close()
    expect(await channel.send(outgoing(), live)).toMatchObject({ ...provider, code: 'SMTP_CONNECTION' })
    await closing
  })

  it('survive a refused message', async () => {
    const server = await serverWith({ misbehaves: { RCPT: says('550 no') } })
    const channel = channelTo(server.port, { maxConnections: 1 })
    await channel.send(outgoing(), live)
    await channel.send(outgoing(), live)
    expect(server.connections()).toBe(1)
  })

  it('are as many as messages at once, so that none waits inside', async () => {
    const server = await serverWith({})
    const channel = channelTo(server.port, { maxConnections: 3 })
    expect(channel.limits?.concurrency).toBe(3)
    const outcomes = await Promise.all(Array.from({ length: 3 }, () => channel.send(outgoing(), live)))
    expect(outcomes.every(({ type }) => type === 'sent')).toBe(true)
    expect(server.connections()).toBe(3)
  })

  it('are closed after as many messages as they are to carry', async () => {
    const server = await serverWith({})
    const channel = channelTo(server.port, { maxConnections: 1, maxMessagesPerConnection: 2 })
    for (let count = 0; count < 4; count += 1)
      expect(await channel.send(outgoing(), live)).toMatchObject({ type: 'sent' })
    expect(server.connections()).toBe(2)
  })
})
