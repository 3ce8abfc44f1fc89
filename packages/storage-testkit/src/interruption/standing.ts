import type { Storage } from '@broadside/core'
import { START } from '../fixtures/instants.js'
import { allItems } from '../fixtures/pages.js'

/** The id of the sending that owns a job, where a call is about one. */
export function sendingIdOf(jobId: string): string {
  return `sending of ${jobId}`
}

/** Everything that can be read of a job, its sending and its keys, as text; the same for two jobs that differ in their id only. */
export async function standingOf(storage: Storage, jobId: string): Promise<string> {
  const job = await storage.getJob(jobId)
  const { ready, nextAt } = await storage.listClaimable({ now: START, channels: ['email'], limit: 1_000 })
  const due = await storage.sendings?.listDueSendings({ now: START + 1_000, limit: 1_000 })
  const standing = {
    job,
    items: job && (await allItems(storage, { jobId })),
    codes: job && (await storage.countCodes(jobId)),
    claimable: ready.filter((one) => one.jobId === jobId),
    nextAt,
    sending: await storage.sendings?.getSending(sendingIdOf(jobId)),
    due: due?.due.filter(({ id }) => id === sendingIdOf(jobId)),
    answer: await storage.findOnce({ key: jobId, now: START }),
  }
  return textOf(standing, jobId)
}

/** `value` as text in which the job has no name. */
export function textOf(value: unknown, jobId: string): string {
  return (JSON.stringify(value, null, 1) ?? 'nothing').replaceAll(jobId, 'the-job')
}
