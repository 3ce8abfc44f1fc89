import type { JobEvent } from '../domain/job-transitions.js'
import type { JobRecord } from '../storage/job-record.js'
import type { Once } from '../storage/once.js'
import type { SendingRecord } from '../storage/sending-record.js'
import type { OwnedJobStep, SendingChange, SendingStorage } from '../storage/sending-storage.js'
import type { Storage } from '../storage/storage.js'
import type { Clock } from './clock.js'
import type { Events } from './events.js'
import { tellSending } from './sending-events.js'
import type { SendingHub } from './sending-hub.js'
import { sendingsOf } from './sending-info.js'
import type { SendingStep } from './sending-step.js'

export interface SendingChangesPorts {
  readonly storage: Storage
  readonly clock: Clock
  readonly events: Events
  readonly hub: SendingHub
  readonly jobCreated: (jobId: string) => void
  readonly jobChanged: (event: JobEvent | 'delete', job: JobRecord, completed: boolean) => void
  /** Something may have become due, or is not due any more. */
  readonly wake: () => void
}

/** Brings decided changes about, and tells of those that were. */
export class SendingChanges {
  readonly #ports: SendingChangesPorts

  constructor(ports: SendingChangesPorts) {
    this.#ports = ports
  }

  get #sendings(): SendingStorage {
    return sendingsOf(this.#ports.storage)
  }

  /** Stores a new sending; resolves with the one that its key stands for. */
  async create(step: SendingStep, once: Once | undefined): Promise<SendingRecord> {
    const sending = await this.#sendings.createSending({ sending: step.after, once })
    if (sending.id === step.after.id) {
      this.#ports.events.emit('sending:created', { sendingId: sending.id })
      this.#tell(step, { applied: true, sending })
    }
    return sending
  }

  /** Not applied when the sending, or its job, is not as it was read. */
  async apply({ after, job, ...step }: SendingStep, once?: Once | undefined): Promise<SendingChange> {
    const now = this.#ports.clock.now()
    const change = await this.#sendings.changeSending({ sending: after, job, now, once })
    if (change.applied) this.#tell({ ...step, after, job }, change)
    return change
  }

  /** Deletes a sending as it was read, with its job. */
  async delete({ id, version }: SendingRecord): Promise<SendingChange> {
    const change = await this.#sendings.deleteSending({ sendingId: id, version, now: this.#ports.clock.now() })
    if (!change.applied) return change
    this.#ports.events.emit('sending:deleted', { sendingId: id })
    this.#ports.hub.changed(id)
    this.#ports.wake()
    return change
  }

  #tell({ events, job: step, after, champion }: SendingStep, { sending, job }: SendingChange): void {
    if (step?.type === 'create') this.#ports.jobCreated(step.job.id)
    const event = step && jobEventOf(step)
    if (event !== undefined && job?.job !== undefined) this.#ports.jobChanged(event, job.job, job.completed)
    if (sending !== undefined) {
      for (const one of events) tellSending(one, { sending, counters: job?.job?.counters }, this.#ports.events)
      if (sending.status === 'transmitted' && after.status !== 'transmitted')
        tellSending('lastItemSettled', { sending, counters: job?.job?.counters }, this.#ports.events)
    }
    if (champion !== undefined) this.#ports.events.emit('sending:champion', { sendingId: after.id, ...champion })
    if (events.length > 0) this.#ports.hub.changed(after.id)
    this.#ports.wake()
  }
}

function jobEventOf(step: OwnedJobStep): JobEvent | undefined {
  switch (step.type) {
    case 'create':
      return undefined
    case 'close':
      return 'cancel'
    case 'revise':
      return 'retryFailed'
    case 'transition':
      if (step.from === step.to) return undefined
      if (step.to === 'paused') return 'pause'
      return step.from === 'paused' ? 'resume' : 'run'
  }
}
