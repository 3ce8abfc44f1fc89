import { appendFileSync, existsSync, readFileSync } from 'node:fs'

/** What the receiving end has seen, and what engines said could have been sent twice: beside the storage, in a file that a killed process leaves whole. */
export class Ledger {
  readonly #file: string

  private constructor(file: string) {
    this.#file = file
  }

  /** The ledger of the storage at `path`. */
  static of(path: string): Ledger {
    return new Ledger(`${path}.ledger`)
  }

  arrived(recipient: string, messageId: string): void {
    appendFileSync(this.#file, `arrived ${recipient} ${messageId}\n`)
  }

  recovered(started: number): void {
    appendFileSync(this.#file, `recovered ${started}\n`)
  }

  /** The messages that arrived, by recipient. */
  get arrivals(): ReadonlyMap<string, readonly string[]> {
    const arrivals = new Map<string, string[]>()
    for (const [, recipient = '', messageId = ''] of this.#lines('arrived')) {
      arrivals.set(recipient, [...(arrivals.get(recipient) ?? []), messageId])
    }
    return arrivals
  }

  /** How many messages could have been sent twice, as engines said. */
  get couldBeTwice(): number {
    return this.#lines('recovered').reduce((sum, [, started]) => sum + Number(started), 0)
  }

  #lines(kind: string): readonly (readonly string[])[] {
    if (!existsSync(this.#file)) return []
    const lines = readFileSync(this.#file, 'utf8').split('\n')
    return lines.map((line) => line.split(' ')).filter(([first]) => first === kind)
  }
}
