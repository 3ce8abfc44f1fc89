import type { SendingRecord } from '@broadside/core'
import type { ModelJob } from './model-job.js'

/** What the model knows of a sending. */
export interface ModelSending {
  readonly id: string
  /** As it is to be read; `undefined` once it has been deleted. */
  record: SendingRecord | undefined
  /** As it has stood, the latest last: somebody may still believe so. */
  readonly past: SendingRecord[]
  /** Deleted or not. */
  job: ModelJob | undefined
}

/** To be called with every way in which the sending stands. */
export function setRecord(sending: ModelSending, record: SendingRecord): void {
  sending.record = record
  sending.past.push(record)
}

/** What becomes of a sending whose job is completed. */
export function transmitted(record: SendingRecord, now: number): SendingRecord {
  if (record.status !== 'transmitting') return record
  return { ...record, status: 'transmitted', finishedAt: now, wakeAt: undefined }
}

/** Makes `job` the one of `sending`, which is done when it completes. */
export function own(sending: ModelSending, job: ModelJob): void {
  sending.job = job
  job.onCompleted = (now) => {
    const { record } = sending
    if (record?.status === 'transmitting')
      setRecord(sending, { ...transmitted(record, now), version: record.version + 1 })
  }
}
