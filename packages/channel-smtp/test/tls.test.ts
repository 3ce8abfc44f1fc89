import { describe, expect, it } from 'vitest'
import { mailServer } from './mail-server.js'
import { live, outgoing } from './outgoing.js'
import { afterwards, channelTo } from './set-up.js'

describe('TLS', () => {
  async function secureServer() {
    const logins: string[] = []
    const server = await mailServer({
      disabledCommands: [],
      authOptional: false,
      onAuth: ({ username, password }, { secure }, done) => {
        logins.push(`${username}:${password}:${secure}`)
        done(null, { user: username })
      },
    })
    afterwards(() => server.close())
    return { ...server, logins }
  }

  it('is used before the login where the server offers it', async () => {
    const server = await secureServer()
    const auth = { user: 'ann', pass: 'open sesame' }
    const channel = channelTo(server.port, { auth, requireTls: true, tls: { rejectUnauthorized: false } })
    await channel.verify()
    expect(await channel.send(outgoing(), live)).toMatchObject({ type: 'sent' })
    expect(server.logins).toEqual(['ann:open sesame:true', 'ann:open sesame:true'])
  })

  it('is not used with a server that nobody vouches for', async () => {
    const server = await secureServer()
    const channel = channelTo(server.port, { auth: { user: 'ann', pass: 'open sesame' } })
    expect(await channel.send(outgoing(), live)).toMatchObject({
      type: 'retryable',
      scope: 'provider',
      reason: expect.stringContaining('certificate'),
    })
    expect(server.logins).toEqual([])
  })
})
