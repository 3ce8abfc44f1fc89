/**
 * Measures, rather than tests: how fast items come in and go out, and for how long the event loop stands still meanwhile.
 * `pnpm build && pnpm --filter @broadside/sqlite measure`; the environment may set ITEMS, BATCH and CLAIM.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { jobDefinitionSchema, type Settlement, type Storage } from '@broadside/core'
import Database from 'better-sqlite3'
import { sqliteStorage } from '../src/index.js'

const ITEMS = Number(process.env.ITEMS ?? 200_000)
const BATCH = Number(process.env.BATCH ?? 1_000)
const CLAIM = Number(process.env.CLAIM ?? 500)
const NOW = 1_700_000_000_000
const jobId = 'job'

async function timed<T>(name: string, rows: number, work: () => Promise<T>): Promise<T> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  // The first tick after this one is where it begins to count.
  await new Promise((resolve) => setTimeout(resolve, 20))
  const startedAt = performance.now()
  const cpuBefore = process.cpuUsage()
  const result = await work()
  const seconds = (performance.now() - startedAt) / 1000
  const cpu = process.cpuUsage(cpuBefore)
  await new Promise((resolve) => setTimeout(resolve, 5))
  delay.disable()
  const ms = (nanoseconds: number) => (nanoseconds / 1e6).toFixed(1).padStart(6)
  const rate = Math.round(rows / seconds)
    .toLocaleString('en')
    .padStart(9)
  const figures = `event loop delay: p50 ${ms(delay.percentile(50))}, p99 ${ms(delay.percentile(99))}, max ${ms(delay.max)} ms`
  const cpuPerRow = `${((cpu.user + cpu.system) / rows).toFixed(1)} µs of CPU a row`.padStart(22)
  console.log(
    `${name.padEnd(28)} ${rows.toLocaleString('en').padStart(9)} rows, ${rate} rows/s, ${cpuPerRow}, ${figures}`,
  )
  return result
}

function newItems(from: number, count: number) {
  return Array.from({ length: count }, (_, offset) => {
    const name = `${((from + offset) * 2_654_435_761) % 4_294_967_296}-${from + offset}`
    return {
      identity: `email:${name}@example.com`,
      recipient: `${name}@example.com`,
      messageId: `0192f0c1-7f3a-7000-8000-${String(from + offset).padStart(12, '0')}`,
      payload: `{"email":"${name}@example.com","data":{"text":"${'x'.repeat(150)}"}}`,
    }
  })
}

async function drain(storage: Storage, settlementOf: (seq: number) => Settlement): Promise<void> {
  for (let round = 0; ; round += 1) {
    const token = `0192f0c1-7f3a-7000-8000-${String(round).padStart(12, '0')}`
    const params = { jobId, source: 'range', wave: 0, limit: CLAIM, start: CLAIM, token, now: NOW } as const
    const claim = await storage.claim({ ...params, leaseUntil: NOW + 30_000 })
    if (!claim) return
    await storage.settle({ jobId, token, now: NOW, settlements: claim.items.map(({ seq }) => settlementOf(seq)) })
  }
}

async function measure(storage: Storage): Promise<void> {
  await storage.open()
  const definition = jobDefinitionSchema.parse({ message: { content: { text: 'Hello' } } })
  await storage.createJob({ job: { id: jobId, createdAt: NOW, definition } })
  await timed(`ingest, ${BATCH} a call`, ITEMS - 20_000, async () => {
    for (let from = 0; from < ITEMS - 20_000; from += BATCH) {
      await storage.addItems({ jobId, items: newItems(from, BATCH), duplicateCode: 'D' })
    }
  })
  const many = newItems(ITEMS - 20_000, 20_000)
  await timed('ingest, 20,000 in one call', 20_000, () => storage.addItems({ jobId, items: many, duplicateCode: 'D' }))
  const set = { runNo: 1, startedAt: NOW, channels: ['email'] }
  await storage.transitionJob({ jobId, from: 'created', to: 'processing', now: NOW, set })
  await timed(`claim and settle, ${CLAIM} each`, ITEMS, () =>
    drain(storage, (seq) =>
      seq % 2 === 0
        ? { seq, to: 'enqueued', attempts: 1, channel: 'email', receipt: `<${seq}@example.com>` }
        : { seq, to: 'error', attempts: 1, channel: 'email', code: 'SMTP_550', reason: 'no such mailbox' },
    ),
  )
  await timed('list errors, 500 a page', ITEMS / 2, async () => {
    for (let after: number | undefined; ; ) {
      const page = await storage.listItems({ jobId, after, limit: 500, statuses: ['error'] })
      if (page.next === undefined) return
      after = page.next
    }
  })
  await timed('look for what is not there', ITEMS, async () => {
    for (let after: number | undefined; ; ) {
      const page = await storage.listItems({ jobId, after, limit: 500, statuses: ['expired'] })
      if (page.next === undefined) return
      after = page.next
    }
  })
  await timed('revise all errors', ITEMS / 2, () =>
    storage.reviseItems({
      jobId,
      from: 'completed',
      statuses: ['error'],
      to: 'pending',
      jobTo: 'processing',
      runNo: 2,
      now: NOW,
    }),
  )
  await storage.closeJob({ jobId, from: 'processing', to: 'cancelled', closedAs: 'cancelled', now: NOW })
  await storage.deleteJob({ jobId, now: NOW })
  await timed('sweep', ITEMS, async () => {
    while ((await storage.sweep({ now: NOW, limit: 10_000 })).more);
  })
  await storage.close()
}

const directory = mkdtempSync(join(tmpdir(), 'broadside-measure-'))
try {
  console.log('a path: long writes are cut')
  await measure(sqliteStorage(join(directory, 'path.db')))
  console.log('a handle on a file: each write is one turn')
  await measure(sqliteStorage(new Database(join(directory, 'handle.db'))))
} finally {
  rmSync(directory, { recursive: true, force: true })
}
