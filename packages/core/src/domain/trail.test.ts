import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyKey, anyText } from './hostile.fixture.js'
import { attemptsOn, EMPTY_TRAIL, formatTrail, parseTrail, type Trail, withAttempt } from './trail.js'

const trails: fc.Arbitrary<Trail> = fc
  .record({ channels: fc.array(anyKey), failed: fc.array(anyKey), crashes: fc.nat(), mayBeOut: fc.boolean() })
  .map(({ channels, ...rest }) => channels.reduce(withAttempt, { ...EMPTY_TRAIL, ...rest }))

describe('trail', () => {
  it('is what it was after it was kept, on channels of any name', () => {
    fc.assert(
      fc.property(trails, (trail) => {
        expect(parseTrail(formatTrail(trail))).toEqual(trail)
      }),
    )
  })

  it('is empty for the first attempt', () => {
    expect(parseTrail(undefined)).toEqual(EMPTY_TRAIL)
    expect(attemptsOn(EMPTY_TRAIL, 'email')).toBe(0)
    expect(attemptsOn(EMPTY_TRAIL, 'constructor')).toBe(0)
  })

  it('counts attempts for each channel by itself, also over restarts', () => {
    fc.assert(
      fc.property(fc.array(anyKey, { maxLength: 30 }), anyKey, (channels, asked) => {
        const keepAnd = (trail: Trail, channel: string): Trail => withAttempt(parseTrail(formatTrail(trail)), channel)
        const trail = channels.reduce(keepAnd, EMPTY_TRAIL)
        for (const channel of [...channels, asked]) {
          expect(attemptsOn(trail, channel)).toBe(channels.filter((one) => one === channel).length)
        }
      }),
    )
  })

  it.each([
    '',
    'null',
    '7',
    '"email"',
    '[1]',
    '{',
    '{"attempts":null,"failed":null,"crashes":null,"mayBeOut":null}',
    '{"attempts":{"email":-1,"sms":"2","push":1.5,"fax":1e999},"failed":"email","crashes":-3,"mayBeOut":"yes"}',
    '{"attempts":[],"failed":[7,null,{}],"crashes":{}}',
  ])('reads %j as empty: another item is not to suffer for it', (text) => {
    expect(parseTrail(text)).toEqual(EMPTY_TRAIL)
  })

  it('reads one that an earlier version wrote', () => {
    expect(parseTrail('{"attempts":{"email":2},"failed":["sms"],"crashes":1}')).toEqual({
      attempts: { email: 2 },
      failed: ['sms'],
      crashes: 1,
      mayBeOut: false,
    })
  })

  it('never throws, and never counts in anything but whole numbers', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anyText,
          fc.json(),
          fc.jsonValue().map((value) => JSON.stringify({ attempts: value, failed: value, crashes: value })),
        ),
        (text) => {
          const trail = parseTrail(text)
          expect(Object.values(trail.attempts).every((count) => Number.isSafeInteger(count) && count >= 0)).toBe(true)
          expect(trail.failed.every((channel) => typeof channel === 'string')).toBe(true)
          expect(Number.isSafeInteger(trail.crashes)).toBe(true)
        },
      ),
    )
  })
})
