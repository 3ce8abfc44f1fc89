import { rmSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, open, rm, statfs } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'

/** File systems that keep their files in memory, by the number that Linux gives them. */
const IN_MEMORY = new Set([0x01021994, 0x858458f6])

/** A directory for all that the bench writes, on a disk; gone at the end. */
export interface Workplace {
  readonly directory: string
  /** A path in it that nothing else has. */
  newPath(name: string): string
  remove(): Promise<void>
}

/** In the directory given, or else the first of the system's temporary one, `/var/tmp` and the home directory that is on a disk. */
export async function openWorkplace(given: string | undefined): Promise<Workplace> {
  const parent = given ?? (await firstOnDisk([tmpdir(), '/var/tmp', homedir()]))
  if (await isInMemory(parent)) {
    throw new Error(
      `${parent} is kept in memory, so that nothing written there waits for a disk: name another with --dir`,
    )
  }
  const directory = await mkdtemp(join(parent, 'broadside-bench-'))
  // Where the bench runs as root, Postgres runs as a user of its own, who has to get there.
  await chmod(directory, 0o755)
  const removeAtExit = (): void => rmSync(directory, { recursive: true, force: true })
  process.once('exit', removeAtExit)
  let made = 0
  return {
    directory,
    newPath: (name) => join(directory, `${(made++).toString().padStart(4, '0')}-${name}`),
    remove: () => rm(directory, { recursive: true, force: true, maxRetries: 3 }),
  }
}

async function firstOnDisk(directories: readonly string[]): Promise<string> {
  for (const directory of directories) {
    if (!(await isInMemory(directory))) return directory
  }
  throw new Error(`${directories.join(', ')} are kept in memory: name a directory on a disk with --dir`)
}

async function isInMemory(directory: string): Promise<boolean> {
  try {
    return IN_MEMORY.has((await statfs(directory)).type)
  } catch {
    return true // not there, so not to be used
  }
}

/** How long the disk takes to make a small write durable: the median of many, in ms. */
export async function syncMs(workplace: Workplace, median: (values: readonly number[]) => number): Promise<number> {
  await mkdir(workplace.directory, { recursive: true })
  const file = await open(workplace.newPath('sync'), 'w')
  const block = Buffer.alloc(4_096, 1)
  const times: number[] = []
  for (let turn = 0; turn < 200; turn += 1) {
    const startedAt = performance.now()
    await file.write(block, 0, block.length, turn * block.length)
    await file.datasync()
    times.push(performance.now() - startedAt)
  }
  await file.close()
  return median(times)
}
