import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Measured } from './result.js'
import type { Report, Signal, Task } from './task.js'

const PROGRAM = fileURLToPath(new URL('./child.js', import.meta.url))

/** A peer that gets slower and slower as its table grows does not keep the others waiting for ever. */
const LONGEST_STEP_MS = 5 * 60_000

export interface RunParams {
  /** The Node to run it on. */
  readonly execPath: string
  /** Ends the process. */
  readonly signal: AbortSignal
}

/** A step under way in a process of its own. */
export interface RunningStep {
  /** Resolves when the process says that it is ready, and waits. */
  ready(): Promise<void>
  /** Tells it to go on. */
  goOn(): void
  /** What it has measured; rejects with what went wrong there. */
  readonly measured: Promise<Measured>
}

export function startStep(task: Task, { execPath, signal }: RunParams): RunningStep {
  signal.throwIfAborted()
  const profiled = process.env.BENCH_NODE_OPTIONS?.split(' ') ?? []
  const child = spawn(execPath, [...profiled, PROGRAM, JSON.stringify(task)], { stdio: ['ignore', 2, 2, 'ipc'] })
  const readiness = new Readiness()
  const measured = measuredBy(child, { signal, onReady: () => readiness.set() })
  measured.catch((error: unknown) => readiness.fail(error))
  return {
    ready: () => readiness.next(),
    goOn: () => void child.send('go' satisfies Signal),
    measured,
  }
}

/** Runs a step that asks for nothing on its way. */
export function runStep(task: Task, params: RunParams): Promise<Measured> {
  return startStep(task, params).measured
}

interface MeasuredByParams {
  readonly signal: AbortSignal
  readonly onReady: () => void
}

function measuredBy(child: ChildProcess, { signal, onReady }: MeasuredByParams): Promise<Measured> {
  return new Promise<Measured>((resolve, reject) => {
    const kill = (): void => void child.kill('SIGKILL')
    signal.addEventListener('abort', kill, { once: true })
    let measured: Measured | undefined
    let reason: string | undefined
    const limit = setTimeout(() => {
      reason ??= `it was given up after ${LONGEST_STEP_MS / 60_000} minutes`
      kill()
    }, LONGEST_STEP_MS)
    child.on('message', (report: Report) => {
      if (report.type === 'ready') onReady()
      else if (report.type === 'measured') measured = report.measured
      else reason = report.reason
    })
    child.on('error', (error) => {
      clearTimeout(limit)
      reject(error)
    })
    child.on('exit', (code, killedBy) => {
      signal.removeEventListener('abort', kill)
      clearTimeout(limit)
      if (measured !== undefined) resolve(measured)
      else reject(new Error(reason ?? `the process ended with ${killedBy ?? `code ${code}`}`))
    })
  })
}

/** How often a process has said that it is ready, for whoever waits for it. */
class Readiness {
  #times = 0
  #failure: { readonly error: unknown } | undefined
  #waiting: (() => void)[] = []

  set(): void {
    this.#times += 1
    this.#tell()
  }

  fail(error: unknown): void {
    this.#failure = { error }
    this.#tell()
  }

  async next(): Promise<void> {
    while (this.#times === 0 && this.#failure === undefined) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    if (this.#failure !== undefined) throw this.#failure.error
    this.#times -= 1
  }

  #tell(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }
}
