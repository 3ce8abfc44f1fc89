import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { ManualTimers } from '../test/manual-timers.js'
import type { PostgresClient } from './driver.js'
import { payloadOf } from './notifier.js'
import { SharedListening } from './shared-listening.js'
import { Wake } from './wake.js'

/** A connection that hears what the test says. */
class FakeConnection extends EventEmitter {
  isEnded = false
  readonly queries: string[] = []

  async query({ text }: { readonly text: string }) {
    this.queries.push(text)
    return { rows: [], rowCount: 0, command: 'LISTEN' }
  }

  say(sender: string, channel = 'mail'): void {
    this.emit('notification', { channel, payload: payloadOf(sender) })
  }
}

function setUp() {
  const timers = new ManualTimers()
  const connections: FakeConnection[] = []
  const state = { isDown: false, woken: 0 }
  const keep = async () => {
    if (state.isDown) throw new Error('connection refused')
    const connection = new FakeConnection()
    connections.push(connection)
    const end = () => {
      connection.isEnded = true
    }
    return { client: connection as unknown as PostgresClient, end }
  }
  const listening = new SharedListening(keep)
  const wakeOf = (channel: string) =>
    new Wake({ channel, sender: 'me', timers, listen: (listener) => listening.add(listener) })
  const wake = wakeOf('mail')
  const stop = wake.add(() => {
    state.woken += 1
  })
  /** Lets what was begun go on, and time go by until listeners are told. */
  const settle = async () => {
    await new Promise((resolve) => setImmediate(resolve))
    timers.advance(10)
  }
  return { timers, connections, state, wake, wakeOf, stop, settle }
}

describe('listening', () => {
  it('tells of changes by others, once for several at a time, and of what it may have missed before', async () => {
    const { connections, state, settle } = setUp()
    await settle()
    expect(connections[0]?.queries).toEqual(['listen "mail"'])
    expect(state.woken).toBe(1)
    for (const sender of ['you', 'you', 'them']) connections[0]?.say(sender)
    await settle()
    expect(state.woken).toBe(2)
    connections[0]?.say('me')
    connections[0]?.say('you', 'another channel')
    await settle()
    expect(state.woken).toBe(2)
  })

  it('comes back when its connection is lost, at longer and longer intervals', async () => {
    const { timers, connections, state, settle } = setUp()
    await settle()
    state.isDown = true
    connections[0]?.emit('error', new Error('terminated'))
    connections[0]?.emit('end')
    const intervals: number[] = []
    for (let round = 0; round < 12; round += 1) {
      await new Promise((resolve) => setImmediate(resolve))
      const [next = 0, ...others] = timers.waiting
      expect(others).toEqual([])
      intervals.push(next)
      timers.advance(next)
    }
    expect(intervals.slice(0, 4)).toEqual([100, 200, 400, 800])
    expect(intervals.at(-1)).toBe(30_000)
    state.isDown = false
    timers.advance(30_000)
    await settle()
    timers.advance(30_000)
    await settle()
    await settle()
    expect([connections.length, state.woken]).toEqual([2, 2])
  })

  it('ends with its last listener, and leaves no timer', async () => {
    const { timers, connections, stop, wake, settle } = setUp()
    await settle()
    const stopOther = wake.add(() => {})
    stop()
    stop()
    expect(connections[0]?.isEnded).toBe(false)
    connections[0]?.say('you')
    stopOther()
    expect(connections[0]?.isEnded).toBe(true)
    expect(timers.waiting).toEqual([])
  })

  it('that ends while it connects lets go of the connection', async () => {
    const { connections, stop, settle, state } = setUp()
    stop()
    await settle()
    expect([connections[0]?.isEnded, state.woken]).toEqual([true, 0])
  })

  it('takes one connection, however many storages and channels listen by it, until the last of them ends', async () => {
    const { connections, wakeOf, stop, settle } = setUp()
    let woken = 0
    const stops = ['mail', 'other', 'third'].map((channel) => wakeOf(channel).add(() => (woken += 1)))
    await settle()
    await settle()
    expect(connections).toHaveLength(1)
    expect(connections[0]?.queries).toEqual(['listen "mail"', 'listen "mail"', 'listen "other"', 'listen "third"'])
    woken = 0
    connections[0]?.say('you', 'other')
    await settle()
    expect(woken).toBe(1)
    for (const end of stops) end()
    await settle()
    expect(connections[0]?.queries.slice(4)).toEqual(['unlisten "other"', 'unlisten "third"'])
    expect(connections[0]?.isEnded).toBe(false)
    stop()
    expect(connections[0]?.isEnded).toBe(true)
  })

  it('that has been stopped is not taken up again', async () => {
    const { connections, wake, settle } = setUp()
    await settle()
    wake.stop()
    wake.add(() => {})
    await settle()
    expect(connections).toHaveLength(1)
  })
})
