import assert from 'node:assert/strict'
import { ITEM_STATUSES, type ItemRecord } from '@broadside/core'
import { countCodes } from '../fixtures/assert-consistent.js'
import { allItems, allJobs } from '../fixtures/pages.js'
import { plain } from '../fixtures/plain.js'
import { compareClaimable } from './compare-claimable.js'
import { compareSendings } from './compare-sendings.js'
import { allowedReadings, type ModelItem } from './model-item.js'
import { type ModelJob, recordOf } from './model-job.js'
import { pick, type World } from './world.js'

/** Compares everything that the storage reads with the model; `step` varies page sizes and filters. */
export async function compareWorld(world: World, step: number): Promise<void> {
  for (const job of world.jobs) await compareJob(world, job, step)
  await compareJobList(world, step)
  await compareClaimable(world, step)
  await compareSendings(world, step)
}

async function compareJob(world: World, job: ModelJob, step: number): Promise<void> {
  const record = await world.storage.getJob(job.id)
  assert.deepEqual(plain(record), plain(recordOf(job)), `${job.id} as it is read`)
  if (job.deleted) return
  const items = await allItems(world.storage, { jobId: job.id, limit: 1 + (step % 7) })
  assert.equal(items.length, job.items.length, `how many items ${job.id} lists`)
  for (const [index, item] of job.items.entries()) compareItem(job, item, items[index])
  const codes = countCodes(job.items.map((item) => ({ ...item, nextAttemptAt: undefined })))
  assert.deepEqual({ ...(await world.storage.countCodes(job.id)) }, codes, `codes of ${job.id}`)
  await compareFiltered(world, job, step)
}

function compareItem(job: ModelJob, item: ModelItem, record: ItemRecord | undefined): void {
  assert.ok(record)
  for (const [field, allowed] of Object.entries(allowedReadings(item))) {
    const value = record[field as keyof ItemRecord]
    if (allowed === 'any') continue
    assert.ok(
      allowed.includes(value),
      `${field} of item ${item.seq} of ${job.id}: ${value} is not ${allowed.join(' or ')}`,
    )
  }
}

async function compareFiltered(world: World, job: ModelJob, step: number): Promise<void> {
  const statuses = [pick(ITEM_STATUSES, step) ?? 'pending', pick(ITEM_STATUSES, step >> 1) ?? 'pending']
  const codes = step % 3 === 0 ? ['X', 'JOB_FAILED'] : undefined
  const listed = await allItems(world.storage, { jobId: job.id, limit: 1 + (step % 4), statuses, codes })
  const expected = job.items.filter(
    ({ status, code }) => statuses.includes(status) && (!codes || (code !== undefined && codes.includes(code))),
  )
  assert.deepEqual(
    listed.map(({ seq }) => seq),
    expected.map(({ seq }) => seq),
    `items of ${job.id} filtered by ${statuses} and ${codes}`,
  )
}

async function compareJobList(world: World, step: number): Promise<void> {
  const jobs = await allJobs(world.storage, undefined, 1 + (step % 3))
  const expected = world.jobs.filter(({ deleted }) => !deleted)
  expected.sort(({ job: a }, { job: b }) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1))
  assert.deepEqual(plain(jobs), plain(expected.map(recordOf)), 'jobs, newest first')
}
