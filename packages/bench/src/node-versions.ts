import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A Node to run processes on. */
export interface NodeBinary {
  /** As `v20.20.2`. */
  readonly version: string
  readonly execPath: string
}

export const PRESENT_NODE: NodeBinary = { version: process.version, execPath: process.execPath }

/** A line of Node that every peer supports, which the package `node` brings. */
const PEERS_NODE = 'node@24'
const FETCH_LIMIT_MS = 180_000

/**
 * A newer Node for peers that ask for one: fetched once, by npx, into npm's own cache.
 *
 * @throws when it can't be had.
 */
export async function fetchNewerNode(signal: AbortSignal): Promise<NodeBinary> {
  const print = 'process.stdout.write(JSON.stringify({ version: process.version, execPath: process.execPath }))'
  const args = ['-y', '-p', PEERS_NODE, 'node', '-e', print]
  const { stdout } = await run('npx', args, { signal, timeout: FETCH_LIMIT_MS, shell: process.platform === 'win32' })
  return JSON.parse(stdout)
}

/** Whether a package says that it supports a version of Node; one that says nothing does. */
export function supports(packageName: string, { version }: NodeBinary): boolean {
  const wanted = enginesOf(packageName)
  const least = /^>=\s*(\d+)\.(\d+)/.exec(wanted ?? '')
  if (!least) return true
  const [major = 0, minor = 0] = version.slice(1).split('.').map(Number)
  const [leastMajor, leastMinor] = [Number(least[1]), Number(least[2])]
  return major > leastMajor || (major === leastMajor && minor >= leastMinor)
}

function enginesOf(packageName: string): string | undefined {
  return manifestOf(packageName).engines?.node
}

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly engines?: { readonly node?: string }
}

/** The manifest of a package that the bench depends on. */
export function manifestOf(packageName: string): Manifest {
  const require = createRequire(import.meta.url)
  const folders = require.resolve.paths(packageName) ?? []
  for (const folder of folders) {
    const text = readIfThere(`${folder}/${packageName}/package.json`)
    if (text !== undefined) return JSON.parse(text)
  }
  throw new Error(`${packageName} is not installed`)
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
