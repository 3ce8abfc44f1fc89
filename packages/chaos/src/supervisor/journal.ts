import { appendFileSync } from 'node:fs'
import type { Interruption } from '../verdict/evidence.js'

/** What was done to whom, and when. Kept in a file too, for whoever looks into a run that failed. */
export class Journal {
  readonly #file: string
  readonly #interruptions: Interruption[] = []
  readonly #onEntry: (interruption: Interruption) => void

  constructor(file: string, onEntry: (interruption: Interruption) => void) {
    this.#file = file
    this.#onEntry = onEntry
  }

  get interruptions(): readonly Interruption[] {
    return this.#interruptions
  }

  enter(interruption: Interruption): void {
    this.#interruptions.push(interruption)
    appendFileSync(this.#file, `${JSON.stringify(interruption)}\n`)
    this.#onEntry(interruption)
  }

  count(type: Interruption['type']): number {
    return this.#interruptions.filter((one) => one.type === type).length
  }
}
