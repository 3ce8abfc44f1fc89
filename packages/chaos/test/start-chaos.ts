import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

export interface ChaosProcess {
  readonly child: ChildProcess
  /** Resolves when it has ended, with all that it said. */
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>
}

/** The command, as a process of its own. Its temporary files go to `directory`. */
export function startChaos(program: string, args: readonly string[], directory: string): ChaosProcess {
  const env = { ...process.env, TMPDIR: directory }
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env })
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const ended = Promise.all([exit, text(child.stdout), text(child.stderr)])
  return { child, ended: ended.then(([code, stdout, stderr]) => ({ code, stdout, stderr })) }
}

/** The command lines of all processes that have to do with `directory`: workers keep their logs there, and Postgres its data. */
export function processesAt(directory: string): readonly string[] {
  const all = execFileSync('ps', ['-A', '-o', 'args'], { encoding: 'utf8', maxBuffer: 64 * 2 ** 20 })
  return all.split('\n').filter((line) => line.includes(directory))
}
