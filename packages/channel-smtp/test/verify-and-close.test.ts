import { isBroadsideError } from '@broadside/core'
import { describe, expect, it } from 'vitest'
import { smtpChannel } from '../src/index.js'
import { mailServer } from './mail-server.js'
import { live, outgoing } from './outgoing.js'
import { hangUp, reset, says, scriptedServer } from './scripted-server.js'
import { afterwards, channelTo, rejection, serverWith } from './set-up.js'

describe('verify', () => {
  it('resolves for a server that can be used', async () => {
    const server = await serverWith({ extensions: ['AUTH PLAIN'] })
    await channelTo(server.port, { auth: { user: 'ann', pass: 'open sesame' } }).verify()
    expect(server.messages).toEqual([])
  })

  it.each([
    [
      'a login that is refused',
      { misbehaves: { AUTH: says('535 5.7.8 bad credentials') }, extensions: ['AUTH PLAIN'] },
      /535 5\.7\.8 bad credentials/,
    ],
    ['a server that hangs up', { misbehaves: { greeting: hangUp } }, /closed/],
    ['a server that hangs up later', { misbehaves: { EHLO: reset } }, /ECONNRESET/],
    ['gibberish', { misbehaves: { greeting: says('a\u0007b') } }, /Invalid greeting/],
  ])('rejects in one line for %s', async (_what, script, message) => {
    const server = await serverWith(script)
    const channel = channelTo(server.port, { name: 'mailout', auth: { user: 'ann', pass: 'open sesame' } })
    const error = await rejection(channel.verify())
    expect(isBroadsideError(error, 'CHANNEL_NOT_AVAILABLE')).toBe(true)
    expect(error.message).toMatch(message)
    expect(error.message).toMatch(new RegExp(`^mailout: 127\\.0\\.0\\.1:${server.port}: [^\\n\\u0007]+$`))
  })

  it('rejects where nobody listens, and harms nothing', async () => {
    const server = await scriptedServer()
    await server.close()
    const channel = channelTo(server.port)
    await expect(channel.verify()).rejects.toThrow(/ECONNREFUSED/)
    expect(await channel.send(outgoing(), live)).toMatchObject({ type: 'retryable', scope: 'provider' })
  })

  it('gets over a server that resets on goodbye', async () => {
    const server = await serverWith({ misbehaves: { QUIT: reset } })
    await channelTo(server.port).verify()
  })
})

describe('close', () => {
  it('ends the connections, and sends nothing afterwards', async () => {
    const server = await mailServer()
    afterwards(() => server.close())
    const channel = smtpChannel({ url: `smtp://127.0.0.1:${server.port}` })
    expect(await channel.send(outgoing(), live)).toMatchObject({ type: 'sent' })
    await channel.close()
    await channel.close()
    expect(await channel.send(outgoing(), live)).toMatchObject({
      type: 'retryable',
      scope: 'provider',
      code: 'SMTP_CLOSED',
    })
    expect(server.arrivals).toHaveLength(1)
  })
})

describe('an unreachable server', () => {
  it('leaves no unhandled rejection or event behind', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', note)
    process.on('uncaughtExceptionMonitor', note)
    afterwards(() => {
      process.off('unhandledRejection', note)
      process.off('uncaughtExceptionMonitor', note)
    })
    const server = await serverWith({ misbehaves: { greeting: reset } })
    const channel = channelTo(server.port, { maxConnections: 3 })
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => channel.send(outgoing(), live)))
    expect(outcomes.map(({ type }) => type)).toEqual(Array(6).fill('retryable'))
    await channel.close()
    await new Promise((resolve) => setImmediate(resolve))
    expect(unhandled).toEqual([])
  })
})
