import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { outgoing } from './outgoing.js'
import { saysNothing } from './scripted-server.js'
import { afterwards, channelTo, serverWith } from './set-up.js'

const aborted = { type: 'retryable', code: 'ABORTED', scope: 'item' }

describe('an abort', () => {
  it('keeps a message from being begun', async () => {
    const server = await serverWith()
    expect(await channelTo(server.port).send(outgoing(), { signal: AbortSignal.abort() })).toMatchObject(aborted)
    expect(server.connections()).toBe(0)
  })

  it('takes back a message that waits for a session', async () => {
    const server = await serverWith({ misbehaves: { greeting: saysNothing } })
    const abort = new AbortController()
    const connected = server.connected()
    const sending = channelTo(server.port).send(outgoing(), { signal: abort.signal })
    await connected
    abort.abort()
    expect(await sending).toMatchObject(aborted)
  })

  it('takes back all that wait on one signal', async () => {
    const server = await serverWith({ misbehaves: { greeting: saysNothing } })
    const abort = new AbortController()
    const channel = channelTo(server.port, { maxConnections: 2 })
    const connected = server.connected()
    const sending = [1, 2, 3].map(() => channel.send(outgoing(), { signal: abort.signal }))
    await connected
    abort.abort()
    expect(await Promise.all(sending)).toMatchObject([aborted, aborted, aborted])
  })

  it.each(['MAIL', 'RCPT', 'DATA'])('lets a message be finished from %s on', async (verb) => {
    const abort = new AbortController()
    const server = await serverWith({ hears: (line) => line.startsWith(verb) && abort.abort() })
    expect(await channelTo(server.port).send(outgoing(), { signal: abort.signal })).toMatchObject({ type: 'sent' })
    expect(abort.signal.aborted).toBe(true)
    expect(server.messages).toHaveLength(1)
  })

  it('leaves nothing behind on a signal that is used for many messages', async () => {
    const server = await serverWith()
    const channel = channelTo(server.port, { maxConnections: 20 })
    const warnings: Error[] = []
    const onWarning = (warning: Error) => warnings.push(warning)
    process.on('warning', onWarning)
    afterwards(() => process.off('warning', onWarning))
    const { signal } = new AbortController()
    for (let count = 0; count < 20; count += 1) await channel.send(outgoing(), { signal })
    await Promise.all(Array.from({ length: 20 }, () => channel.send(outgoing(), { signal })))
    expect(getEventListeners(signal, 'abort')).toEqual([])
    await new Promise((resolve) => setImmediate(resolve))
    expect(warnings).toEqual([])
  })
})
