import { isTerminalSending } from '../domain/sending-transitions.js'
import { BroadsideError } from '../model/error.js'
import type { SendingInfo, SendingProgress } from '../model/sending.js'
import type { JobRecord } from '../storage/job-record.js'
import type { SendingRecord } from '../storage/sending-record.js'
import type { Storage } from '../storage/storage.js'
import type { ChangeFeed } from './change-feed.js'
import type { WatchOptions } from './progress-hub.js'
import { sendingInfo, sendingNotFound, sendingsOf } from './sending-info.js'

export interface SendingHubPorts {
  readonly storage: Storage
  readonly feed: ChangeFeed
  readonly intervalMs: number
}

interface Look {
  readonly sending: SendingRecord
  readonly job: JobRecord | undefined
}

/** Tells how sendings come along, to `watch` and `finished`. */
export class SendingHub {
  readonly #ports: SendingHubPorts
  #isClosed = false

  constructor(ports: SendingHubPorts) {
    this.#ports = ports
  }

  /** A sending has changed. */
  changed(sendingId: string): void {
    this.#ports.feed.changed(sendingId, true)
  }

  close(): void {
    this.#isClosed = true
    this.#ports.feed.changedElsewhere()
  }

  /** Yields how the sending stands, now and whenever it or its items have changed, until it has ended. */
  async *watch(sendingId: string, options: WatchOptions = {}): AsyncGenerator<SendingProgress, void, undefined> {
    for await (const look of this.#looks(sendingId, options)) yield progressOf(look)
  }

  /** Resolves when the sending has ended and nothing of it is in flight. */
  async finished(sendingId: string, options: WatchOptions = {}): Promise<SendingInfo> {
    for await (const look of this.#looks(sendingId, options)) {
      if (isAtRest(look)) return sendingInfo(look.sending, look.job)
    }
    throw new BroadsideError('ABORTED', `Waiting for sending ${sendingId} was given up.`, { sendingId })
  }

  async *#looks(
    sendingId: string,
    { signal, intervalMs = this.#ports.intervalMs }: WatchOptions,
  ): AsyncGenerator<Look, void, undefined> {
    let jobId: string | undefined
    const change = this.#ports.feed.subscribe({ watches: (id) => id === sendingId || id === jobId, signal })
    try {
      while (!signal?.aborted) {
        change.reset()
        const look = await this.#look(sendingId)
        jobId = look.sending.jobId
        yield look
        if (isAtRest(look)) return
        if (this.#isClosed) throw closedBefore(sendingId)
        await change.wait(intervalMs)
      }
    } finally {
      change.unsubscribe()
    }
  }

  async #look(sendingId: string): Promise<Look> {
    const { storage } = this.#ports
    const sending = await sendingsOf(storage).getSending(sendingId)
    if (sending === undefined) throw sendingNotFound(sendingId)
    return { sending, job: sending.jobId === undefined ? undefined : await storage.getJob(sending.jobId) }
  }
}

function progressOf(look: Look): SendingProgress {
  const { sending, job } = look
  return {
    sendingId: sending.id,
    status: sending.status,
    counters: job?.counters,
    inFlight: job?.inFlight ?? 0,
    isFinal: isAtRest(look),
  }
}

function isAtRest({ sending, job }: Look): boolean {
  return isTerminalSending(sending.status) && (job?.inFlight ?? 0) === 0
}

function closedBefore(sendingId: string): BroadsideError {
  return new BroadsideError('ENGINE_CLOSED', `The engine was closed before sending ${sendingId} had ended.`, {
    sendingId,
  })
}
