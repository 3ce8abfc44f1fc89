import { SingleBar } from 'cli-progress'

/** How far something has come, and a few words about it. */
export interface Step {
  readonly label: string
  readonly done: number
  readonly total: number
  readonly note: string
}

const LINE_EVERY_MS = 1_000
const CLEAR_LINE = '\r\x1b[K'

/** A live bar on a terminal; a line a second where standard error goes elsewhere. */
export class ProgressBar {
  readonly #stream: NodeJS.WriteStream
  #bar: SingleBar | undefined
  #step: Step | undefined
  #lineAt = Number.NEGATIVE_INFINITY

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream
  }

  show(step: Step): void {
    if (step.label !== this.#step?.label) this.#begin(step)
    this.#step = step
    if (this.#bar === undefined) this.#line(step)
    else this.#bar.update(step.done, { label: step.label, note: step.note })
  }

  /** Writes a line of its own above the bar. */
  say(text: string): void {
    this.#stream.write(`${this.#bar === undefined ? '' : CLEAR_LINE}${text}\n`)
  }

  stop(): void {
    this.#bar?.stop()
    this.#bar = undefined
    this.#step = undefined
  }

  #begin({ label, note, total }: Step): void {
    this.stop()
    this.#lineAt = Number.NEGATIVE_INFINITY
    if (!this.#stream.isTTY) return
    this.#bar = new SingleBar({
      stream: this.#stream,
      format: '{label} {bar} {percentage}% · {value}/{total} · {note}',
      hideCursor: true,
      forceRedraw: true,
    })
    this.#bar.start(total, 0, { label, note })
  }

  #line({ label, done, total, note }: Step): void {
    const now = performance.now()
    if (done < total && now - this.#lineAt < LINE_EVERY_MS) return
    this.#lineAt = now
    this.say(`${label} ${done}/${total} · ${note}`)
  }
}
