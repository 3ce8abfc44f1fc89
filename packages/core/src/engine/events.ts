import { EventEmitter } from 'eventemitter3'
import type { BroadsideError } from '../model/error.js'
import type { Item } from '../model/item.js'
import type { JobInfo } from '../model/job.js'
import type { JobProgress } from '../model/progress.js'
import type { SendingInfo } from '../model/sending.js'

/** A transition of a sending. */
export interface SendingTransition {
  readonly sendingId: string
  /** After it; with counters where the transition touched its job. */
  readonly sending: SendingInfo
}

/** What a Broadside emits. Each transition is told by the engine that made it; other engines on the same storage do not repeat it. */
export interface BroadsideEvents {
  'job:created': (event: { readonly jobId: string }) => void
  'job:running': (event: { readonly jobId: string; readonly runNo: number }) => void
  'job:paused': (event: { readonly jobId: string }) => void
  'job:resumed': (event: { readonly jobId: string }) => void
  /** Once a run. */
  'job:completed': (event: { readonly jobId: string; readonly job: JobInfo }) => void
  'job:cancelled': (event: { readonly jobId: string; readonly job: JobInfo }) => void
  'job:failed': (event: { readonly jobId: string; readonly error: unknown }) => void
  /** A job is waiting that this engine can't send: it lacks what `error` names. It is left to another engine on the same storage. */
  'job:unfit': (event: { readonly jobId: string; readonly error: BroadsideError }) => void
  'job:deleted': (event: { readonly jobId: string }) => void
  /** At most once every `progressIntervalMs` and job, and at its end. */
  'job:progress': (event: JobProgress) => void
  /** One for each item that was settled: costs something, so only while somebody listens. */
  'item:settled': (
    event: { readonly jobId: string } & Pick<
      Item,
      'seq' | 'recipient' | 'messageId' | 'status' | 'channel' | 'receipt' | 'code' | 'reason'
    >,
  ) => void
  'item:retry': (event: {
    readonly jobId: string
    readonly seq: number
    readonly recipient: string
    readonly nextAttemptAt: number
    /** True when an attempt so far is of unknown outcome: it may have gone out, and the next may be the second. */
    readonly mayBeOut: boolean
    readonly reason?: string | undefined
  }) => void
  'sending:created': (event: { readonly sendingId: string }) => void
  'sending:updated': (event: SendingTransition) => void
  'sending:scheduled': (event: SendingTransition) => void
  'sending:unscheduled': (event: SendingTransition) => void
  /** Asked to go now. */
  'sending:pending': (event: SendingTransition) => void
  'sending:preparing': (event: SendingTransition) => void
  'sending:prepared': (event: SendingTransition) => void
  'sending:transmitting': (event: SendingTransition) => void
  /** No item is open. Told by the engine whose settle was the last. */
  'sending:transmitted': (event: SendingTransition) => void
  'sending:skipped': (event: SendingTransition) => void
  'sending:paused': (event: SendingTransition) => void
  'sending:resumed': (event: SendingTransition) => void
  'sending:cancelled': (event: SendingTransition) => void
  /** `sending.reason` says why. */
  'sending:failed': (event: SendingTransition) => void
  /** What failed is taken up again. */
  'sending:retrying': (event: SendingTransition) => void
  'sending:deleted': (event: { readonly sendingId: string }) => void
  /** A champion was picked: it goes to all who did not test it. */
  'sending:champion': (event: {
    readonly sendingId: string
    readonly experiment: string
    readonly variant: string
  }) => void
  /** Something the host supplies (its audience source, its champion function) failed or is missing, or the stored sending can't be read. It is tried again at `retryAt`. */
  'sending:trouble': (event: {
    readonly sendingId: string
    readonly error: BroadsideError
    readonly retryAt: number
  }) => void
  /** A sending is due that this engine can't carry: it lacks what `error` names. Another engine on the same storage may have it. */
  'sending:unfit': (event: { readonly sendingId: string; readonly error: BroadsideError }) => void
  /** A lease ended under this engine: another one may be sending its items. Those named were in flight here. */
  'lease:lost': (event: { readonly jobId: string; readonly inFlight: number }) => void
  /** Work of an engine that died was taken over. `started` items may have gone out already. */
  'lease:recovered': (event: { readonly jobId: string; readonly started: number; readonly unstarted: number }) => void
  'provider:trouble': (event: {
    readonly provider: string
    readonly code?: string | undefined
    readonly reason?: string | undefined
    readonly retryAt: number
  }) => void
  'provider:recovered': (event: { readonly provider: string }) => void
  /** Nothing is claimed until it is over. */
  'storage:trouble': (event: { readonly error: BroadsideError; readonly retryAt: number }) => void
  'storage:recovered': (event: Record<string, never>) => void
}

export type EventName = keyof BroadsideEvents

/** The events of one engine. A listener that throws does not disturb the engine: its error surfaces as an uncaught exception. */
export class Events {
  readonly #emitter = new EventEmitter<BroadsideEvents>()

  on<Name extends EventName>(name: Name, listener: BroadsideEvents[Name]): () => void {
    this.#emitter.on(name, listener as never)
    return () => this.off(name, listener)
  }

  off<Name extends EventName>(name: Name, listener: BroadsideEvents[Name]): void {
    this.#emitter.off(name, listener as never)
  }

  isHeard(name: EventName): boolean {
    return this.#emitter.listenerCount(name) > 0
  }

  emit<Name extends EventName>(name: Name, event: Parameters<BroadsideEvents[Name]>[0]): void {
    for (const listener of this.#emitter.listeners(name)) {
      try {
        ;(listener as (event: unknown) => void)(event)
      } catch (error) {
        setImmediate(() => {
          throw error
        })
      }
    }
  }
}
