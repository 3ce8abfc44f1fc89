import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

let root: string | undefined
let count = 0

/** A directory that is gone with this process or, where a runner ends its processes by force, with `removeScratch`. */
export function scratchDirectory(): string {
  root ??= makeRoot()
  count += 1
  const path = join(root, String(count))
  mkdirSync(path)
  return path
}

function makeRoot(): string {
  const path = mkdtempSync(join(tmpdir(), 'level-storage-'))
  process.once('exit', removeScratch)
  return path
}

export function removeScratch(): void {
  if (root !== undefined) rmSync(root, { recursive: true, force: true })
  root = undefined
}
