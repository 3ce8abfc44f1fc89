import { execFile } from 'node:child_process'
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Figures } from '../result.js'
import { type Bench, takeDown } from './bench.js'
import { ownPackages, PEER_PACKAGES, pinned } from './packages.js'

const run = promisify(execFile)
const CORE = '@broadside/core'
/** The version that the lockfile was made with. */
const PNPM = 'pnpm@10.34.9'
const SHELL = process.platform === 'win32'

/** How long installing each package takes, with all that it depends on, and how large that is. What adapters are installed with is core. */
export async function runInstalls(bench: Bench): Promise<void> {
  const tarballs = new Map<string, string>()
  for (const { name, directory } of ownPackages()) tarballs.set(name, await packed(bench, directory))
  const core = tarballs.get(CORE) ?? ''
  for (const [name, tarball] of tarballs) await install(bench, name, name === CORE ? [core] : [core, tarball])
  for (const name of PEER_PACKAGES) await install(bench, name, [pinned(name)])
}

/** The tarball as it would be published. */
async function packed({ workplace, signal }: Bench, directory: string): Promise<string> {
  const to = workplace.newPath('tarball')
  await mkdir(to)
  await run('npx', ['-y', PNPM, 'pack', '--pack-destination', to], { cwd: directory, signal, shell: SHELL })
  const [file = ''] = await readdir(to)
  return join(to, file)
}

async function install(bench: Bench, system: string, what: readonly string[]): Promise<void> {
  const key = { work: 'install', system, variant: 'install', n: 1, node: bench.presentNode.version, round: 1 }
  await takeDown(bench, key, async () => {
    const directory = bench.workplace.newPath('install')
    await mkdir(directory)
    await writeFile(join(directory, 'package.json'), '{ "private": true }')
    const startedAt = performance.now()
    const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline']
    await run('npm', ['install', ...quiet, ...what], { cwd: directory, signal: bench.signal, shell: SHELL })
    const ms = performance.now() - startedAt
    return { itemsPerSecond: null, rssMb: null, figures: { ms, ...(await sizeOf(join(directory, 'node_modules'))) } }
  })
}

async function sizeOf(directory: string): Promise<Figures> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const sizes = await Promise.all(files.map((file) => stat(join(file.parentPath, file.name))))
  const megabytes = sizes.reduce((sum, { size }) => sum + size, 0) / 1e6
  return { megabytes, files: files.length }
}
