import type { JobEvent } from '../domain/job-transitions.js'
import type { JobRecord } from '../storage/job-record.js'
import type { Events } from './events.js'
import { jobInfo } from './job-info.js'

export interface Transition {
  readonly event: JobEvent | 'delete'
  /** The job after it. */
  readonly job: JobRecord
  /** True when the job was completed by it. */
  readonly completed: boolean
}

/** Tells of a transition that this engine has made. */
export function tellTransition({ event, job, completed }: Transition, events: Events): void {
  const jobId = job.id
  switch (event) {
    case 'run':
      events.emit('job:running', { jobId, runNo: job.runNo })
      break
    case 'retryFailed':
      if (job.status === 'processing' || completed) events.emit('job:running', { jobId, runNo: job.runNo })
      break
    case 'pause':
      events.emit('job:paused', { jobId })
      break
    case 'resume':
      events.emit('job:resumed', { jobId })
      break
    case 'cancel':
      events.emit('job:cancelled', { jobId, job: jobInfo(job) })
      break
    case 'delete':
      events.emit('job:deleted', { jobId })
      break
  }
  if (completed) events.emit('job:completed', { jobId, job: jobInfo(job) })
}
