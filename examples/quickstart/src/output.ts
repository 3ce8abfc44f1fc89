import { once } from 'node:events'
import type { Writable } from 'node:stream'

/** Lines on a stream, written no faster than they are read at the other end. */
export class Output {
  readonly #stream: Writable
  #isGone = false

  constructor(stream: Writable) {
    this.#stream = stream
    // `| head` has seen enough. The campaign goes on all the same.
    stream.on('error', () => {
      this.#isGone = true
    })
  }

  /** Writes a line. Whoever writes many waits for {@link ready} in between. */
  line(text: string): void {
    if (!this.#isGone) this.#stream.write(`${text}\n`)
  }

  /** Resolves when the reader has caught up. */
  async ready(): Promise<void> {
    if (!this.#isGone && this.#stream.writableNeedDrain) await once(this.#stream, 'drain').catch(() => undefined)
  }

  /** The same entries, each held back until the reader has caught up. */
  async *pace<T>(entries: AsyncIterable<T>): AsyncGenerator<T> {
    for await (const entry of entries) {
      if (this.#stream.writableNeedDrain) await this.ready()
      yield entry
    }
  }
}
