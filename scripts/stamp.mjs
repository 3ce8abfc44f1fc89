import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const FOLDER = '.setup'
const PASSED_OVER = new Set(['node_modules', 'dist', 'test', '.git'])

/** A hash over the contents of files and folders; what is not there counts as empty. */
export function hashOf(paths) {
  const hash = createHash('sha256')
  for (const path of paths) addTo(hash, path)
  return hash.digest('hex')
}

function addTo(hash, path) {
  if (!existsSync(path)) return
  for (const file of filesUnder(path)) hash.update(file).update('\0').update(readFileSync(file)).update('\0')
}

function filesUnder(path) {
  let entries
  try {
    entries = readdirSync(path, { withFileTypes: true })
  } catch {
    return [path] // a file
  }
  return entries
    .filter((entry) => !PASSED_OVER.has(entry.name) && !entry.name.endsWith('.test.ts'))
    .flatMap((entry) => filesUnder(join(path, entry.name)))
    .sort()
}

/** Does `work` unless it was done for the same hash before. */
export function onceFor(name, hash, work) {
  const stamp = join(FOLDER, name)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return
  work()
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(stamp, hash)
}
