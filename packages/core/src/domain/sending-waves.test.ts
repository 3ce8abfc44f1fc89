import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SendingWave } from './sending-state.js'
import {
  firstDueOf,
  lastDueOf,
  nextDueOf,
  type WavePlace,
  wavesDue,
  withRestReleased,
  withWave,
} from './sending-waves.js'

const place: fc.Arbitrary<WavePlace> = fc.record({
  group: fc.constantFrom('all', 'test', 'rest'),
  plannedAt: fc.integer({ min: 0, max: 5 }),
})

function placed(places: readonly WavePlace[], start: readonly SendingWave[] = []) {
  const numbers: number[] = []
  let waves = start
  for (const one of places) {
    const answer = withWave(waves, one)
    waves = answer.waves
    numbers.push(answer.wave.wave)
  }
  return { waves, numbers }
}

describe('withWave', () => {
  it('numbers waves in the order in which they first appear, and each place once', () => {
    fc.assert(
      fc.property(fc.array(place), (places) => {
        const { waves, numbers } = placed(places)
        expect(waves.map(({ wave }) => wave)).toEqual(waves.map((_, i) => i))
        const keys = places.map(({ group, plannedAt }) => `${group} ${plannedAt}`)
        expect(numbers).toEqual(keys.map((key) => [...new Set(keys)].indexOf(key)))
      }),
    )
  })

  it('comes to the same numbers when preparing begins again, in whatever order', () => {
    fc.assert(
      fc.property(fc.array(place), fc.infiniteStream(fc.nat()), (places, order) => {
        const first = placed(places)
        const shuffled = places
          .map((one, i) => ({ one, i, key: order.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
        const again = placed(
          shuffled.map(({ one }) => one),
          first.waves,
        )
        expect(again.waves).toEqual(first.waves)
        expect(again.numbers).toEqual(shuffled.map(({ i }) => first.numbers[i]))
      }),
    )
  })

  it('leaves only the rest without a due instant', () => {
    const { waves } = placed([
      { group: 'test', plannedAt: 5 },
      { group: 'rest', plannedAt: 5 },
      { group: 'all', plannedAt: 7 },
    ])
    expect(wavesDue(waves, 4)).toEqual([
      { wave: 0, dueAt: 5 },
      { wave: 1, dueAt: undefined },
      { wave: 2, dueAt: 7 },
    ])
    // Whose time has come is due for good.
    expect(wavesDue(waves, 5)).toEqual([
      { wave: 0, dueAt: 0 },
      { wave: 1, dueAt: undefined },
      { wave: 2, dueAt: 7 },
    ])
  })
})

describe('withRestReleased', () => {
  it('lets each wait for the time of its recipients, or go at once, and moves nothing else', () => {
    const { waves } = placed([
      { group: 'test', plannedAt: 5 },
      { group: 'rest', plannedAt: 5 },
      { group: 'rest', plannedAt: 90 },
    ])
    const released = withRestReleased(waves, 60)
    expect(released.map(({ dueAt }) => dueAt)).toEqual([5, 60, 90])
    expect(withRestReleased(released, 1_000)).toEqual(released)
  })
})

describe('firstDueOf, lastDueOf, nextDueOf', () => {
  const wave = fc.record({
    wave: fc.nat(),
    group: fc.constantFrom<SendingWave['group']>('all', 'rest'),
    plannedAt: fc.nat(9),
    dueAt: fc.option(fc.nat(9), { nil: undefined }),
  })

  it('are of the waves that go out by themselves', () => {
    fc.assert(
      fc.property(fc.array(wave), fc.nat(9), (waves, now) => {
        const instants = waves.flatMap(({ dueAt }) => dueAt ?? []).sort((a, b) => a - b)
        expect(firstDueOf(waves)).toBe(instants[0])
        expect(lastDueOf(waves)).toBe(instants.at(-1))
        expect(nextDueOf(waves, now)).toBe(instants.find((at) => at > now))
      }),
    )
  })
})
