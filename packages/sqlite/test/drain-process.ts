/**
 * A process that drains a job, and writes down each item that it was told is settled: `node drain-process.js <file> <job> <name>
 * <shared>`. It is killed, or it ends when nothing is left. Its tokens begin with its name.
 */
import { writeSync } from 'node:fs'
import { sqliteStorage } from '../src/index.js'

const [, , file = '', jobId = '', name = '', shared = ''] = process.argv
const storage = sqliteStorage(file, { shared: shared === 'shared' })
const say = (line: string) => writeSync(1, `${line}\n`)

await storage.open()
say('open')
for (let round = 0; ; round += 1) {
  const token = `${name}-${round}`
  const now = Date.now()
  const params = { jobId, source: 'range', wave: 0, limit: 7, start: 3, token, now } as const
  const claim = await storage.claim({ ...params, leaseUntil: now + 60_000 })
  if (!claim) break
  const settlements = claim.items.map(({ seq }) => ({ seq, to: 'enqueued', attempts: 1, receipt: name }) as const)
  const { answers } = await storage.settle({ jobId, token, now, settlements })
  claim.items.forEach(({ seq }, index) => {
    if (answers[index] === 'applied') say(String(seq))
  })
}
await storage.close()
