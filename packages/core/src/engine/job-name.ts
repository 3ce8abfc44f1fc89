import type { JobRecord } from '../storage/job-record.js'

type Named = Pick<JobRecord, 'id' | 'ownerId'>

/** What errors call a job: one of a sending is what the host knows as the sending. */
export function jobName({ id, ownerId }: Named): string {
  return ownerId === undefined ? `Job ${id}` : `Sending ${ownerId}`
}

/** The ids that go with such an error. */
export function jobIds({ id, ownerId }: Named): { readonly jobId: string } | { readonly sendingId: string } {
  return ownerId === undefined ? { jobId: id } : { sendingId: ownerId }
}
