import { describe, expect, it } from 'vitest'
import { live, outgoing } from './outgoing.js'
import { hangUp } from './scripted-server.js'
import { channelTo, serverWith } from './set-up.js'

describe('letters beyond ASCII left of the @', () => {
  const message = outgoing({}, { address: 'jõgeva@example.test' })

  it('are refused where the server does not take them, which is asked once', async () => {
    const server = await serverWith()
    const channel = channelTo(server.port)
    const refused = {
      type: 'rejected',
      code: 'SMTPUTF8_NOT_OFFERED',
      reason: expect.stringContaining('jõgeva@example.test'),
    }
    expect(await channel.send(message, live)).toMatchObject(refused)
    expect(await channel.send(message, live)).toMatchObject(refused)
    expect(await channel.send(outgoing({ from: 'jõgeva@sender.test' }), live)).toMatchObject({
      code: 'SMTPUTF8_NOT_OFFERED',
    })
    expect(server.connections()).toBe(1)
    expect(server.commands.filter((line) => /^(?:MAIL|RCPT)/.test(line))).toEqual([])
  })

  it('are sent where it does', async () => {
    const server = await serverWith({ extensions: ['SMTPUTF8'] })
    expect(await channelTo(server.port).send(message, live)).toMatchObject({ type: 'sent' })
    expect(server.commands).toContain('MAIL FROM:<news@sender.test> SMTPUTF8')
    expect(server.commands).toContain(`RCPT TO:<${Buffer.from('jõgeva@example.test').toString('latin1')}>`)
  })

  it('wait where the server can not be asked', async () => {
    const server = await serverWith({ misbehaves: { greeting: hangUp } })
    expect(await channelTo(server.port).send(message, live)).toMatchObject({ type: 'retryable', scope: 'provider' })
  })

  it('are not asked about for others: the domain goes in ASCII', async () => {
    const server = await serverWith()
    expect(await channelTo(server.port).send(outgoing({}, { address: 'ann@bücher.example' }), live)).toMatchObject({
      type: 'sent',
    })
    expect(server.commands).toContain('RCPT TO:<ann@xn--bcher-kva.example>')
    expect(server.connections()).toBe(1)
  })
})
