/**
 * The engine that only writes: creates, fills and runs the jobs, and pauses and resumes them now and then. It is killed at any moment. Each one
 * begins from the start, under the same idempotency keys: it keeps nothing, and still nothing may come about twice.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Broadside, isBroadsideError, type Job } from '@broadside/core'
import { EvidenceLog } from '../evidence/evidence-log.js'
import { LeaseBook } from '../evidence/lease-book.js'
import type { JobPlan } from '../plan.js'
import { chance, seedOf } from '../random.js'
import { usersOf } from '../recipients.js'
import { endWithParent } from './end-with-parent.js'
import { persist } from './persist.js'
import { settingsFromArguments, type WriterSettings } from './process-settings.js'
import { startEngine } from './start-engine.js'

endWithParent()
const settings = settingsFromArguments<WriterSettings>()
const { boot, evidenceFile, seed, isLast } = settings
const { next, between, pick } = chance(seedOf(seed, boot))
const log = new EvidenceLog(evidenceFile)
log.write({ type: 'boot', at: Date.now(), pid: process.pid, channels: [] })
const broadside = await startEngine(settings, { log, book: new LeaseBook(), dispatch: false })

const jobs: Job[] = []
for (const plan of settings.jobs) jobs.push(await write(broadside, plan))
for (const job of jobs) await command(() => job.resume())
if (isLast) {
  await broadside.close()
  process.exit(0)
}
log.note('all jobs are written')
while (jobs.length > 0) {
  await sleep(between(500, 3_000))
  const job = pick(jobs)
  await command(() => job.pause())
  await sleep(between(200, 1_500))
  await command(() => job.resume())
}

/** Everything under the job's key. A job that has been filled is filled anew only by some: replaying takes long. */
async function write({ jobs: all }: Broadside, plan: JobPlan): Promise<Job> {
  const { name, channel, onUncertain, priority } = plan
  const key = { idempotencyKey: name }
  const retry = { maxAttempts: 1_000, baseDelayMs: 100, maxDelayMs: 1_000 }
  const message = { content: { subject: 'Chaos', text: 'Everybody gets this once.' }, channels: [channel] }
  const job = await persist(() => all.create({ name, message, onUncertain, priority, retry }, key))
  const { status } = await persist(() => job.info())
  if (status === 'created' || isLast || next() < 0.05) await ingest(job, plan)
  await persist(() => job.run(key))
  return job
}

/** Some as a stream, some as an array: each is replayed in its own way. */
async function ingest(job: Job, plan: JobPlan): Promise<void> {
  const users = plan.name.length % 2 === 0 ? () => usersOf(plan) : () => [...usersOf(plan)]
  await persist(() => job.ingest(users(), { idempotencyKey: plan.name }))
}

/** A job that has ended, or stands as it should, refuses: as well. */
async function command(call: () => Promise<unknown>): Promise<void> {
  try {
    await persist(call)
  } catch (error) {
    if (!isBroadsideError(error, 'INVALID_TRANSITION')) throw error
  }
}
