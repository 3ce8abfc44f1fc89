import { describe, expect, it } from 'vitest'
import { catchStrayRejections } from './stray-rejections.js'

/** Tells the listeners of the process, as Node does, without one that vitest would count. */
function emitStray(reason: unknown) {
  process.emit('unhandledRejection', reason, Promise.resolve())
}

describe('catchStrayRejections', () => {
  it('gives those since it was asked last', async () => {
    const others = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    const strays = catchStrayRejections()
    try {
      emitStray(new Error('nobody waits'))
      expect(await strays.take()).toMatchObject({ kind: 'stray', message: 'Error: nobody waits' })
      expect(await strays.take()).toBeUndefined()
    } finally {
      strays.stop()
      for (const listener of others) process.on('unhandledRejection', listener)
    }
  })

  it('leaves no listener behind', () => {
    const before = process.listenerCount('unhandledRejection')
    catchStrayRejections().stop()
    expect(process.listenerCount('unhandledRejection')).toBe(before)
  })
})
