import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { WorkerProgram } from './worker-program.js'
import type { WorkerNews, WorkerTask } from './worker-task.js'

/** How a worker came to its end. */
export interface WorkerEnd {
  /** `SIGKILL` when it was killed. */
  readonly signal: NodeJS.Signals | null
  readonly exitCode: number | null
  /** What it wrote to stderr. */
  readonly errors: string
}

/** A process of its own that works with a storage. */
export class WorkerProcess {
  readonly #child: ChildProcess
  #claims = 0
  #isReady = false
  /** Resolves once it is gone and everything that it wrote was read. */
  readonly ended: Promise<WorkerEnd>

  constructor({ modulePath, args = [], execArgv = [], env = {} }: WorkerProgram) {
    this.#child = fork(modulePath, [...args], {
      execArgv: [...execArgv],
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.ended = endOf(this.#child)
    this.#child.on('message', (news: WorkerNews) => {
      if (news.type === 'ready') this.#isReady = true
      else this.#claims = news.claims
    })
  }

  /** Resolves once its storage is open. Rejects if it ends before, with what it wrote. */
  async ready(): Promise<void> {
    await this.#until(() => this.#isReady)
    if (this.#isReady) return
    const { exitCode, errors } = await this.ended
    throw new Error(`a worker process ended before its storage was open, with exit code ${exitCode}: ${errors}`)
  }

  work(task: WorkerTask): void {
    this.#child.send(task)
  }

  /** Resolves once it has claimed so many times, or ended. */
  async claims(count: number): Promise<void> {
    await this.#until(() => this.#claims >= count)
  }

  /** Ends it at once, whatever it is doing: SIGKILL. */
  kill(): void {
    this.#child.kill('SIGKILL')
  }

  async #until(isSo: () => boolean): Promise<void> {
    const ended = this.ended.then(() => 'ended')
    while (!isSo()) {
      if ((await Promise.race([once(this.#child, 'message'), ended])) === 'ended') return
    }
  }
}

async function endOf(child: ChildProcess): Promise<WorkerEnd> {
  let errors = ''
  child.stderr?.on('data', (chunk) => {
    errors += String(chunk)
  })
  const [exitCode, signal] = await once(child, 'close')
  return { exitCode, signal, errors }
}
