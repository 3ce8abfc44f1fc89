import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Summary } from '../src/summary.js'

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))

/** The built quickstart, run as a process of its own. */
export class QuickstartProcess {
  stdout = ''
  stderr = ''
  readonly #child: ChildProcess
  readonly #closed: Promise<unknown>

  constructor(args: readonly string[], cwd: string) {
    if (!existsSync(MAIN)) throw new Error(`${MAIN} is not there: npm test builds it first.`)
    const child = spawn(process.execPath, [MAIN, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
    })
    this.#child = child
    this.#closed = once(child, 'close')
  }

  /** Runs it to its end. */
  static async run(args: readonly string[], cwd: string): Promise<QuickstartProcess> {
    const quickstart = new QuickstartProcess(args, cwd)
    await quickstart.ended()
    return quickstart
  }

  async ended(): Promise<void> {
    await this.#closed
  }

  /** `null` when a signal ended it. */
  get exitCode(): number | null {
    return this.#child.exitCode
  }

  /** Sends the signal as soon as standard output contains `text`, and waits for the end. */
  async killOnceItPrints(text: string): Promise<void> {
    this.#child.stdout?.on('data', () => {
      if (this.stdout.includes(text)) this.#child.kill('SIGKILL')
    })
    await this.ended()
  }

  /** Sends the signal when `moment` has come, and waits for the end; an end before that moment is a failure. */
  async killOnce(moment: Promise<void>, signal: NodeJS.Signals): Promise<void> {
    const isTooLate = await Promise.race([moment.then(() => false), this.ended().then(() => true)])
    if (isTooLate) throw new Error(`It ended by itself, with ${this.exitCode}: ${this.stderr}`)
    this.#child.kill(signal)
    await this.ended()
  }

  get lines(): string[] {
    return this.stdout.trimEnd().split('\n')
  }

  /** The last line of standard output. */
  get summary(): Summary {
    return JSON.parse(this.lines.at(-1) ?? '') as Summary
  }

  /** How many messages it said could have been sent twice. */
  get repeated(): number {
    const said = [...this.stderr.matchAll(/up to (\d+) messages could have been sent twice/g)]
    return said.reduce((sum, [, count]) => sum + Number(count), 0)
  }
}
