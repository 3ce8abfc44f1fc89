import { expect, it } from 'vitest'
import { ManualTimers } from '../test/manual-timers.js'
import { Notifier } from './notifier.js'

it('many changes are told at once, at the latest when the notifier is flushed, and failing to tell is no failure', async () => {
  const timers = new ManualTimers()
  let sent = 0
  const send = async () => {
    sent += 1
    throw new Error('the connection is gone')
  }
  const notifier = new Notifier({ channel: 'mail', sender: 'me', timers, send })
  for (let change = 0; change < 5; change += 1) notifier.changed()
  expect(sent).toBe(0)
  timers.advance(15)
  expect(sent).toBe(1)
  notifier.changed()
  await notifier.flush()
  expect([sent, timers.waiting]).toEqual([2, []])
  await notifier.flush()
  expect(sent).toBe(2)
})
