import { closeSync, openSync, writeSync } from 'node:fs'
import type { Answer, Ask, EvidenceRecord } from './record.js'

/** The log of one process. Each line is with the operating system when the call returns, so that no SIGKILL takes it away. */
export class EvidenceLog {
  readonly #file: number
  #calls = 0

  constructor(path: string) {
    this.#file = openSync(path, 'a')
  }

  write(record: EvidenceRecord): void {
    writeSync(this.#file, `${JSON.stringify(record)}\n`)
  }

  note(text: string): void {
    this.write({ type: 'note', at: Date.now(), text })
  }

  /** Makes a call, and takes down what was asked before it and what came of it after. */
  async record<T>(ask: Ask, call: () => Promise<T>, told: (result: T) => Answer): Promise<T> {
    const number = ++this.#calls
    this.write({ type: 'ask', at: Date.now(), call: number, ask })
    try {
      const result = await call()
      this.write({ type: 'answer', at: Date.now(), call: number, answer: told(result) })
      return result
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      this.write({ type: 'fault', at: Date.now(), call: number, reason })
      throw error
    }
  }

  close(): void {
    closeSync(this.#file)
  }
}
