import { isBroadsideError } from '@broadside/core'
import { describe, expect, it } from 'vitest'
import { smtpChannel } from '../src/index.js'
import { live, outgoing } from './outgoing.js'
import { says } from './scripted-server.js'
import { channelWith, rejection, serverWith, thrown } from './set-up.js'

describe('a password', () => {
  const pass = 'open sesame'
  const told = [pass, Buffer.from(pass).toString('base64'), Buffer.from(`\0ann\0${pass}`).toString('base64')]

  it('is in no outcome and no error, even if the server repeats it', async () => {
    const server = await serverWith({
      misbehaves: { AUTH: says(`535 ${told.join(' or ')} is wrong`) },
      extensions: ['AUTH PLAIN'],
    })
    const channel = channelWith({ url: `smtp://ann:${encodeURIComponent(pass)}@127.0.0.1:${server.port}` })
    const outcome = await channel.send(outgoing(), live)
    expect(outcome).toMatchObject({ code: 'SMTP_AUTH', reason: '535 *** or *** or *** is wrong' })
    const error = await rejection(channel.verify())
    const shown = `${JSON.stringify(outcome)} ${error.message} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`
    for (const secret of told) expect(shown).not.toContain(secret)
    expect(server.commands).toContain(`AUTH PLAIN ${told[2]}`)
  })

  it.each([
    `smtp:/ann:${pass}`,
    `http://ann:${pass}@mail.test`,
    `smtp://ann:${pass}%@mail.test`,
    `smtp://ann:${pass}@mail.test?pool=true`,
    `ann:${pass}`,
  ])('is not in the error for the bad URL %#', (url) => {
    const error = thrown(() => smtpChannel({ url }))
    expect(isBroadsideError(error, 'INVALID_INPUT')).toBe(true)
    expect(`${error.message} ${error.stack}`).not.toContain(pass)
  })
})

describe('options', () => {
  it.each([
    [{}, 'needs url, host or transporter'],
    [{ host: 'mail.test', maxConnections: 0 }, 'maxConnections'],
    [{ host: 'mail.test', from: 'nobody' }, 'from is not one mail address'],
    [{ host: 'mail.test', replyTo: 'a\nb@x.test' }, 'replyTo contains a line break'],
    [{ host: 'mail.test', headers: { Bcc: 'a@x.test' } }, "headers can't set Bcc"],
    [{ host: 'mail.test', messageIdDomain: 'a b' }, 'messageIdDomain'],
  ])('refused: %j', (options, message) => {
    const error = thrown(() => smtpChannel(options))
    expect(isBroadsideError(error, 'INVALID_INPUT')).toBe(true)
    expect(error.message).toContain(message)
  })

  it('name the provider and its limits', () => {
    const channel = channelWith({
      host: 'mail.test',
      name: 'bulk',
      maxConnections: 7,
      rate: { limit: 10, intervalMs: 1_000 },
    })
    expect(channel).toMatchObject({
      channel: 'email',
      name: 'bulk',
      limits: { concurrency: 7, rate: { limit: 10, intervalMs: 1_000 } },
    })
    expect(channelWith({ host: 'mail.test' })).toMatchObject({ name: 'smtp', limits: { concurrency: 5 } })
  })

  it('beside a URL win over it', async () => {
    const server = await serverWith({ extensions: ['AUTH PLAIN'] })
    const channel = channelWith({
      url: `smtp://ann:wrong@127.0.0.1:${server.port}`,
      auth: { user: 'bob', pass: 'right' },
      localName: 'host.test',
    })
    expect(await channel.send(outgoing(), live)).toMatchObject({ type: 'sent' })
    expect(server.commands).toContain('EHLO host.test')
    expect(server.commands).toContain(`AUTH PLAIN ${Buffer.from('\0bob\0right').toString('base64')}`)
  })
})
