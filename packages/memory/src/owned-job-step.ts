import type { OwnedJobStep, SendingChange, TransitionResult } from '@broadside/core'
import { close } from './close-job.js'
import { insertJob } from './create-job.js'
import { revise } from './revise-items.js'
import type { Store } from './store.js'
import { transition } from './transition-job.js'

export interface StepParams {
  /** The job of the sending. */
  readonly jobId: string | undefined
  readonly step: OwnedJobStep
  readonly now: number
}

const NO_JOB: TransitionResult = { applied: false, completed: false }

/** Takes the step that a change of a sending takes on its job. */
export function takeStep(store: Store, { jobId, step, now }: StepParams): SendingChange['job'] {
  if (step.type === 'create') return { applied: true, job: insertJob(store, step.job), completed: false }
  if (jobId === undefined) return NO_JOB
  switch (step.type) {
    case 'transition':
      return transition(store, { ...step, jobId, now })
    case 'close':
      return close(store, { ...step, jobId, now })
    case 'revise':
      return revise(store, { ...step, jobId, now })
  }
}
