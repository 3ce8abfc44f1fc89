import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ManualClock, manualClock } from './manual-clock.js'
import { SendWatch } from './send-watch.js'

const START = 1_768_478_400_000
const LIMIT_MS = 100

/** A send that is answered when told, and what became of it so far. */
function send(watch: SendWatch): {
  answer: (text: string) => void
  fail: (error: Error) => void
  seen: string[]
} {
  const { promise, resolve, reject } = withResolvers<string>()
  const seen: string[] = []
  watch
    .watch(promise, () => 'too late')
    .then(
      (text) => seen.push(text),
      (error: Error) => seen.push(`failed: ${error.message}`),
    )
  return { answer: resolve, fail: reject, seen }
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  let resolve: (value: T) => void = () => undefined
  let reject: (error: Error) => void = () => undefined
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue
    reject = onError
  })
  return { promise, resolve, reject }
}

function bench(): { clock: ManualClock; watch: SendWatch } {
  const clock = manualClock(START)
  return { clock, watch: new SendWatch(clock, LIMIT_MS) }
}

describe('SendWatch', () => {
  it('resolves and rejects as the send does, and leaves no timer behind', async () => {
    const { clock, watch } = bench()
    const [good, bad] = [send(watch), send(watch)]
    good.answer('sent')
    bad.fail(new Error('reset'))
    await clock.advance(0)
    expect([good.seen, bad.seen]).toEqual([['sent'], ['failed: reset']])
    expect(clock.pendingTimers).toBe(0)
  })

  it('gives up at the limit, not before, and drops what comes later', async () => {
    const { clock, watch } = bench()
    const one = send(watch)
    await clock.advance(LIMIT_MS - 1)
    expect(one.seen).toEqual([])
    await clock.advance(1)
    expect(one.seen).toEqual(['too late'])
    one.answer('sent')
    await clock.advance(LIMIT_MS)
    expect(one.seen).toEqual(['too late'])
    expect(clock.pendingTimers).toBe(0)
  })

  it('a rejection that comes too late harms nobody', async () => {
    const { clock, watch } = bench()
    const one = send(watch)
    await clock.advance(LIMIT_MS)
    one.fail(new Error('reset'))
    await clock.advance(0)
    expect(one.seen).toEqual(['too late'])
  })

  it('keeps each to its own limit with a single timer, whichever is answered', async () => {
    const sends = fc.array(fc.record({ pause: fc.nat({ max: 60 }), takes: fc.integer({ min: 1, max: 250 }) }), {
      minLength: 1,
      maxLength: 8,
    })
    await fc.assert(
      fc.asyncProperty(sends, async (plan) => {
        const { clock, watch } = bench()
        const seen: [number, string][] = []
        for (const { pause, takes } of plan) {
          await clock.advance(pause)
          const { promise, resolve } = withResolvers<string>()
          const begunAt = clock.now()
          clock.setTimer(takes, () => resolve('sent'))
          const before = clock.pendingTimers
          void watch
            .watch(promise, () => 'too late')
            .then((text) => seen.push([clock.now() - begunAt, `${takes} ${text}`]))
          expect(clock.pendingTimers - before).toBeLessThanOrEqual(1)
        }
        await clock.advance(1_000)
        const expected = plan.map(({ takes }): [number, string] =>
          takes < LIMIT_MS ? [takes, `${takes} sent`] : [LIMIT_MS, `${takes} too late`],
        )
        // Answered at the very limit, either is right.
        const isTie = ([, text]: [number, string]): boolean => text.startsWith(`${LIMIT_MS} `)
        const sorted = (list: [number, string][]): string[] =>
          list
            .filter((entry) => !isTie(entry))
            .map(String)
            .sort()
        expect(seen).toHaveLength(plan.length)
        expect(sorted(seen)).toEqual(sorted(expected))
        expect(clock.pendingTimers).toBe(0)
      }),
      { numRuns: 40 },
    )
  })

  it('gives up on all that is under way when told, once', async () => {
    const { clock, watch } = bench()
    const sends = [send(watch), send(watch)]
    await clock.advance(10)
    watch.giveUpAll()
    watch.giveUpAll()
    await clock.advance(0)
    expect(sends.map(({ seen }) => seen)).toEqual([['too late'], ['too late']])
    expect(clock.pendingTimers).toBe(0)
    const next = send(watch)
    await clock.advance(LIMIT_MS)
    expect(next.seen).toEqual(['too late'])
  })

  it('does not wait for ever when the clock is set back, and gives up at once after a sleep', async () => {
    const { clock, watch } = bench()
    const one = send(watch)
    await clock.jumpTo(START + 3_600_000)
    expect(one.seen).toEqual(['too late'])
    const other = send(watch)
    await clock.jumpTo(START)
    await clock.advance(LIMIT_MS)
    expect(other.seen).toEqual(['too late'])
  })
})
