import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stableShare } from './stable-hash.js'

const SAMPLES = 20_000

/** How far counts are from an even spread: close to the number of bins where chance alone is at work. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

/** Beyond what chance gives once in about a million runs. */
function limitOf(bins: number): number {
  return bins + 7 * Math.sqrt(2 * bins)
}

function spread(bins: number, shares: readonly number[]): number[] {
  const counts = new Array<number>(bins).fill(0)
  for (const share of shares) counts[Math.floor(share * bins)] = (counts[Math.floor(share * bins)] ?? 0) + 1
  return counts
}

const recipients: Readonly<Record<string, (index: number) => string>> = {
  'numbers in a row': (index) => String(index),
  'numbers with a common beginning': (index) => `member-${String(index).padStart(12, '0')}`,
  'e-mail addresses': (index) => `person${index}@example.com`,
  'texts that differ in their beginning': (index) => `${index}${'x'.repeat(40)}`,
  'single characters': (index) => String.fromCodePoint(index + 32),
}

describe('stableShare', () => {
  // Who tests what must not change with a release: sendings are under way meanwhile.
  it.each([
    [[], 0.9668832930295785],
    [[''], 0.46943441164650146],
    [['subject', 'member-1'], 0.9844664562102858],
    [['subject', 'member-2'], 0.5761871226922225],
    [['тема', '😀'], 0.4629128965905489],
  ])('of %j is the same for ever', (parts, share) => {
    expect(stableShare(...parts)).toBe(share)
  })

  it('lies in [0, 1), and follows from the parts alone', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (parts) => {
        const share = stableShare(...parts)
        expect(share).toBeGreaterThanOrEqual(0)
        expect(share).toBeLessThan(1)
        expect(stableShare(...parts)).toBe(share)
      }),
      { numRuns: 1_000 },
    )
  })

  it('keeps the parts apart', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), fc.string(), (first, middle, last) => {
        expect(stableShare(first + middle, last)).not.toBe(stableShare(first, middle + last))
        expect(stableShare(first, last)).not.toBe(stableShare(first + last))
        expect(stableShare(first, last, '')).not.toBe(stableShare(first, last))
      }),
      { numRuns: 1_000 },
    )
  })

  it.each(Object.keys(recipients))('spreads %s evenly, whatever the experiment is called', (kind) => {
    fc.assert(
      fc.property(fc.string(), (experiment) => {
        const shares = Array.from({ length: SAMPLES }, (_, i) => stableShare(experiment, recipients[kind]?.(i) ?? ''))
        expect(chiSquare(spread(100, shares))).toBeLessThan(limitOf(100))
        // The lower bits as well as the upper ones.
        expect(
          chiSquare(
            spread(
              64,
              shares.map((share) => (share * 2 ** 20) % 1),
            ),
          ),
        ).toBeLessThan(limitOf(64))
      }),
      { numRuns: 20 },
    )
  })

  it.each(Object.keys(recipients))('says nothing about %s in an experiment of another name', (kind) => {
    const names = fc.tuple(fc.string(), fc.string()).filter(([one, other]) => one !== other)
    fc.assert(
      fc.property(names, ([one, other]) => {
        const cells = new Array<number>(100).fill(0)
        for (let i = 0; i < SAMPLES; i++) {
          const recipient = recipients[kind]?.(i) ?? ''
          const row = Math.floor(stableShare(one, recipient) * 10)
          const cell = row * 10 + Math.floor(stableShare(other, recipient) * 10)
          cells[cell] = (cells[cell] ?? 0) + 1
        }
        expect(chiSquare(cells)).toBeLessThan(limitOf(100))
      }),
      { numRuns: 20 },
    )
  })

  it('gives no two of a million recipients the same share', () => {
    const shares = new Set(Array.from({ length: 1_000_000 }, (_, i) => stableShare('experiment', `member-${i}`)))
    // Of 2^53 possible shares, chance lets a million meet once in 18,000 runs.
    expect(shares.size).toBe(1_000_000)
  })

  it('changes about half of its bits with any one bit of the input', () => {
    const flips = new Array<number>(32).fill(0)
    for (let i = 0; i < 2_000; i++) {
      const [one, other] = [`member-${i}`, `member-${i}`.replace('m', 'l')].map((text) => stableShare('name', text))
      const difference = (Math.floor((one ?? 0) * 2 ** 32) ^ Math.floor((other ?? 0) * 2 ** 32)) >>> 0
      for (let bit = 0; bit < 32; bit++) flips[bit] = (flips[bit] ?? 0) + ((difference >>> bit) & 1)
    }
    for (const count of flips) expect(Math.abs(count - 1_000)).toBeLessThan(160)
  })
})
