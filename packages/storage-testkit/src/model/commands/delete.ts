import assert from 'node:assert/strict'
import fc from 'fast-check'
import { plain } from '../../fixtures/plain.js'
import { commandOf } from '../command.js'
import { inFlightOf, isTerminalJob, recordOf } from '../model-job.js'
import { seekJob } from '../world.js'

export const DELETE = commandOf(
  'delete',
  fc.record({ job: fc.nat(), busy: fc.boolean() }),
  async (world, { job: number, busy }) => {
    const job = seekJob(world, number, (one) => !one.deleted && isTerminalJob(one) && (!busy || inFlightOf(one) > 0))
    if (!job) return
    const { applied, completed, job: record } = await world.storage.deleteJob({ jobId: job.id, now: world.now })
    world.trace.push(`delete ${job.id}: ${applied}`)
    const allowed = !job.deleted && isTerminalJob(job) && inFlightOf(job) === 0
    assert.deepEqual([applied, completed], [allowed, false], 'the answer of deleteJob')
    if (!allowed) assert.deepEqual(plain(record), plain(recordOf(job)), 'the job in the answer of deleteJob')
    if (allowed) job.deleted = true
  },
)

export const SWEEP = commandOf(
  'sweep',
  fc.record({ limit: fc.integer({ min: 1, max: 9 }) }),
  async (world, { limit }) => {
    const { removed, more } = await world.storage.sweep({ now: world.now, limit })
    world.trace.push(`sweep: ${removed}`)
    assert.ok(removed <= limit, 'a sweep removes up to `limit` rows')
    assert.ok(!more || removed > 0, 'a sweep that leaves something has removed something')
  },
)
