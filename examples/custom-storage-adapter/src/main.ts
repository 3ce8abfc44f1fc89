import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sendAndLookAgain } from './send-and-look-again.js'

// npm run example -- custom-storage-adapter [directory]
const [given] = process.argv.slice(2)
const path = given ?? (await mkdtemp(join(tmpdir(), 'broadside-level-')))
try {
  await sendAndLookAgain({ path, people: 5_000, print: (line) => process.stdout.write(`${line}\n`) })
} finally {
  if (given === undefined) await rm(path, { recursive: true })
}
