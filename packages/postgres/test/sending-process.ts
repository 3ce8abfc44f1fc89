import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import type { WorkerProgram } from '@broadside/storage-testkit'

/** How a process came to its end. */
export interface ProcessEnd {
  /** `SIGKILL` when it was killed. */
  readonly signal: NodeJS.Signals | null
  readonly exitCode: number | null
  /** What it wrote to stderr. */
  readonly errors: string
}

/** A process that sends sendings. */
export class SendingProcess {
  readonly #child: ChildProcess
  readonly ended: Promise<ProcessEnd>
  #isReady = false
  readonly #told: Promise<void>

  constructor({ modulePath, args = [] }: WorkerProgram) {
    this.#child = fork(modulePath, [...args], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
    this.ended = endOf(this.#child)
    this.#told = this.#tellsReady()
  }

  /** Its engine is open. */
  get isReady(): boolean {
    return this.#isReady
  }

  /** Resolves when its engine is open. Rejects when it ends before that, with what it wrote. */
  async ready(): Promise<void> {
    await Promise.race([this.#told, this.ended])
    if (!this.#isReady) throw new Error(`a process ended before its engine was open: ${(await this.ended).errors}`)
  }

  /** Ends it at once, whatever it is doing. */
  kill(): void {
    this.#child.kill('SIGKILL')
  }

  /** Has it close its engine, and end. */
  async dismiss(): Promise<void> {
    await this.ready()
    if (this.#child.connected) this.#child.disconnect()
  }

  async #tellsReady(): Promise<void> {
    await once(this.#child, 'message')
    this.#isReady = true
  }
}

/** It is gone, and all that it wrote is read. (`close` is never told of a process that its parent has disconnected from.) */
async function endOf(child: ChildProcess): Promise<ProcessEnd> {
  const exit = once(child, 'exit')
  const errors = child.stderr === null ? '' : await text(child.stderr)
  const [exitCode, signal] = await exit
  return { exitCode, signal, errors }
}
