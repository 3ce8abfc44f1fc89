import { memoryStorage } from '@broadside/memory'
import { describe, expect, it } from 'vitest'
import type { Storage } from '../src/index.js'
import { experiments, recipients, SENDING } from './sending-support.js'
import { bench, recorder, START } from './support.js'

const MINUTE = 60_000

describe('pause, while a claim of a sending that waits for its champion is looked at again', () => {
  it('holds what has not gone out', async () => {
    const inner = memoryStorage()
    let claimed = false
    let held: (() => void) | undefined
    const storage: Storage = new Proxy(inner, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function') return member
        if (name === 'claim')
          return async (...args: unknown[]) => {
            const answer = await member.apply(target, args)
            if (answer) claimed = true
            return answer
          }
        if (name === 'getJob')
          return async (...args: unknown[]) => {
            const answer = await member.apply(target, args)
            if (claimed && held === undefined) await new Promise<void>((resolve) => (held = resolve))
            return answer
          }
        return member.bind(target)
      },
    })
    const provider = recorder()
    const { broadside, clock } = await bench({ storage, providers: [provider] })
    const sending = await broadside.sendings.create({
      ...SENDING,
      recipients: recipients(100),
      schedule: { type: 'immediate' },
      experiments: experiments({ pickedBy: 'hand' }),
    })
    for (let i = 0; i < 50 && held === undefined; i++) await clock.advance(10)
    expect(held).toBeDefined()
    await sending.pause()
    const { status } = await sending.info()
    const before = provider.sent.length
    held?.()
    await clock.advance(1_000)
    expect([status, before, provider.sent.length]).toEqual(['paused', 0, 0])
    await broadside.close()
  })
})

describe('a storage that fails once right after a claim', () => {
  it.each([true, false])('does not leave the items to their lease (champion: %s)', async (champion) => {
    const inner = memoryStorage()
    let claimed = false
    let failed = false
    const storage: Storage = new Proxy(inner, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function' || name === 'onWake') return name === 'onWake' ? undefined : member
        return async (...args: unknown[]) => {
          if (name === 'getJob' && claimed && !failed) {
            failed = true
            throw new Error('locked')
          }
          const answer = await member.apply(target, args)
          if (name === 'claim' && answer) claimed = true
          return answer
        }
      },
    })
    const at: number[] = []
    const provider = recorder({
      answer: () => {
        at.push((clock.now() - START) / 1000)
        return { type: 'sent' }
      },
    })
    const { broadside, clock } = await bench({ storage, providers: [provider] })
    await broadside.sendings.create({
      ...SENDING,
      recipients: recipients(100),
      schedule: { type: 'immediate' },
      ...(champion && { experiments: experiments({ pickedBy: 'hand' }) }),
    })
    await clock.advance(2 * MINUTE)
    await broadside.close()
    expect(at.at(-1)).toBeLessThan(20)
  })
})
