import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('sending-program.ts', import.meta.url))
const TSCONFIG = fileURLToPath(new URL('../../../tsconfig.json', import.meta.url))

/** `sending-program.ts` as a process of its own, over the LevelDB at `path`. */
export class SendingProcess {
  readonly #child: ChildProcess
  readonly #closed: Promise<unknown>
  readonly #lines = new Set<string>()
  #looks: (() => void)[] = []
  #stderr = ''

  constructor(path: string) {
    this.#child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, path], {
      env: { ...process.env, TSX_TSCONFIG_PATH: TSCONFIG },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#closed = once(this.#child, 'close')
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text
    })
    if (this.#child.stdout) createInterface(this.#child.stdout).on('line', (line) => this.#hear(line))
  }

  /** Resolves as soon as it has printed `line`; an end before that is a failure. */
  async until(line: string): Promise<void> {
    const printed = new Promise<boolean>((resolve) => {
      this.#looks.push(() => {
        if (this.#lines.has(line)) resolve(true)
      })
      this.#look()
    })
    const ended = this.#closed.then(() => this.#lines.has(line))
    if (!(await Promise.race([printed, ended]))) throw new Error(`It ended before "${line}": ${this.#stderr}`)
  }

  /** Kills it, as the system does with a process that has no time to say anything. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#closed
  }

  /** Its exit code; `null` when a signal ended it. */
  async ended(): Promise<number | null> {
    await this.#closed
    return this.#child.exitCode
  }

  #hear(line: string): void {
    this.#lines.add(line)
    this.#look()
  }

  #look(): void {
    for (const look of this.#looks) look()
  }
}
