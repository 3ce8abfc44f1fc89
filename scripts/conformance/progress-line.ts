import type { ConformanceProgress } from '@broadside/storage-testkit'

/** How long a plain line is kept back after the one before, in ms. */
const PLAIN_EVERY_MS = 10_000

const WRONG = { cases: 'broken', model: 'broken', mutants: 'survived' } as const

/** Shows progress on stderr: one line that changes on a terminal, now and then a line elsewhere. */
export class ProgressLine {
  readonly #stream = process.stderr
  #shownAt = Number.NEGATIVE_INFINITY

  show(adapter: string, progress: ConformanceProgress): void {
    const isEnd = progress.current === undefined
    if (this.#stream.isTTY) {
      this.#rewrite(lineOf(adapter, progress))
      if (isEnd) this.#stream.write('\n')
      return
    }
    const now = performance.now()
    if (!isEnd && now - this.#shownAt < PLAIN_EVERY_MS) return
    this.#shownAt = now
    this.#stream.write(`${lineOf(adapter, progress)}\n`)
  }

  /** A line that stays. */
  say(text: string): void {
    if (this.#stream.isTTY) this.#rewrite('')
    this.#stream.write(`${text}\n`)
  }

  #rewrite(line: string): void {
    const fitting = line.slice(0, Math.max(20, this.#stream.columns - 1))
    this.#stream.write(`\r\u001b[2K${fitting}`)
  }
}

function lineOf(adapter: string, { phase, done, total, current, wrong }: ConformanceProgress): string {
  const found = wrong === 0 ? '' : `, ${wrong} ${WRONG[phase]}`
  return `${adapter}: ${phase} ${done} of ${total}${found}${current === undefined ? '' : `  ${current}`}`
}
