import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { build } from 'tsup'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Makes a program of `drain-process.ts` that a plain node runs; returns its path. */
export async function buildDrainProcess(): Promise<string> {
  const outDir = here('../node_modules/.drain-process')
  await build({
    entry: [here('./drain-process.ts')],
    outDir,
    format: 'esm',
    config: false,
    silent: true,
    noExternal: [/^@broadside\//],
    external: ['better-sqlite3'],
    esbuildOptions: (options) => {
      options.alias = { '@broadside/core': here('../../core/src/index.ts') }
    },
  })
  return `${outDir}/drain-process.js`
}

export interface DrainParams {
  readonly program: string
  readonly file: string
  readonly jobId: string
  readonly name: string
  readonly shared?: boolean
}

/** A process that drains a job. */
export interface DrainProcess {
  /** The lines it has written so far: `open`, then the `seq` of each item that it was told is settled. */
  readonly lines: readonly string[]
  /** Resolves once it has written so many lines, or ended. */
  untilLines(count: number): Promise<void>
  kill(): void
  /** Resolves once it has ended and everything it wrote was read, with what it said of an error. */
  readonly ended: Promise<string>
}

export function startDrain({ program, file, jobId, name, shared = false }: DrainParams): DrainProcess {
  const child = spawn(process.execPath, [program, file, jobId, name, shared ? 'shared' : 'alone'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  const reader = createInterface(child.stdout)
  reader.on('line', (line) => lines.push(line))
  const ended = Promise.all([once(reader, 'close'), textOf(child)]).then(([, errors]) => errors)
  return {
    lines,
    untilLines: async (count) => {
      while (lines.length < count) {
        if ((await Promise.race([once(reader, 'line'), ended.then(() => 'ended')])) === 'ended') return
      }
    },
    kill: () => child.kill('SIGKILL'),
    ended,
  }
}

async function textOf({ stderr }: ChildProcessByStdio<null, Readable, Readable>): Promise<string> {
  let text = ''
  for await (const chunk of stderr) text += String(chunk)
  return text
}
