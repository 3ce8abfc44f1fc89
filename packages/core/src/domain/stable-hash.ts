/**
 * A number in [0, 1) that follows from the parts alone: the same on every platform, in every process and release. Parts are kept
 * apart, so `('a', 'bc')` and `('ab', 'c')` have nothing to do with each other. For shares, not for secrets.
 */
export function stableShare(...parts: readonly string[]): number {
  let left = 0x6a09e667
  let right = 0xbb67ae85
  const take = (unit: number): void => {
    left = Math.imul(left ^ unit ^ (right >>> 7), LEFT_FACTOR)
    left ^= left >>> 15
    right = Math.imul(right + unit + left, RIGHT_FACTOR)
    right ^= right >>> 13
  }
  for (const part of parts) {
    for (let i = 0; i < part.length; i++) take(part.charCodeAt(i))
    take(END_OF_PART)
  }
  for (let round = 0; round < FINAL_ROUNDS; round++) take(round)
  return shareOf(left, right)
}

// Odd, so that a step loses nothing; a multiplication carries each bit of a unit into all higher ones, the shift back down.
const LEFT_FACTOR = 0x9e3779b1
const RIGHT_FACTOR = 0xa54ff53b
/** No code unit of a string is that large. */
const END_OF_PART = 0x10000
/** So that the last units, too, reach every bit. */
const FINAL_ROUNDS = 4

/** 53 bits of two words: as many as a number holds exactly. */
function shareOf(left: number, right: number): number {
  return ((left >>> 0) * 2 ** 21 + (right >>> 11)) / 2 ** 53
}
