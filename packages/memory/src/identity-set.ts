const PARTS = 64
const SAMPLES = 8

/**
 * A set of very many texts. A `Set` that outgrows its table moves all of it at once, which at half a million texts stops the event loop for
 * 45 ms; this one is in parts, which grow each for itself.
 */
export class IdentitySet {
  readonly #parts = Array.from({ length: PARTS }, () => new Set<string>())

  has(text: string): boolean {
    return this.#partOf(text).has(text)
  }

  add(text: string): void {
    this.#partOf(text).add(text)
  }

  #partOf(text: string): Set<string> {
    return this.#parts[partNumber(text)] as Set<string>
  }
}

/** From a few characters, evenly spaced: cheap, and spread well enough over identities of any kind. */
function partNumber(text: string): number {
  const step = Math.max(1, Math.floor(text.length / SAMPLES))
  let mixed = text.length
  for (let at = text.length - 1; at >= 0; at -= step) mixed = (mixed * 31 + text.charCodeAt(at)) | 0
  return (mixed ^ (mixed >>> 6)) & (PARTS - 1)
}
