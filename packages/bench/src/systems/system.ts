import type { PeopleParams, Person } from '../people.js'
import type { Place } from '../place.js'

/** What is measured: it takes people in and sends to them. It runs in a process of its own. */
export interface System {
  /** Makes what has to be there before anything is measured: tables, and a job or queue by each of these names. */
  prepare(queues: readonly string[]): Promise<void>

  /** Takes people in, into the job or queue of that name; says how many are in. */
  ingest(queue: string, people: Iterable<Person>): Promise<number>

  /** Sends to everybody in these jobs or queues, `total` people in all; resolves when it is recorded that all were sent to. */
  drain(queues: readonly string[], total: number): Promise<void>

  /** Takes part in draining one job or queue with other processes; resolves when there is nothing left for this one. */
  share?(queue: string): Promise<Share>

  /** Gets ready to send, with nothing to send now; in the variant `due tomorrow` one person of a job is to be tried again in a day. */
  idle?(): Promise<void>

  /** Runs a job of one person in an engine that is idle; says how long it was from `run` to the first send, in ms. */
  timeToFirstSend?(): Promise<number>

  /** Schedules a sending to people who are streamed by an audience source. */
  schedule?(people: PeopleParams, params: ScheduleParams): Promise<ScheduledSending>

  close(): Promise<void>
}

export interface ScheduleParams {
  readonly inSeconds: number
  /** Its items are prepared ahead. As long as it is due within five minutes, that begins at once. */
  readonly isPrescheduled: boolean
}

export interface ScheduledSending {
  /** Resolves when all items are there, with how long that took, in ms. */
  readonly prepared: Promise<number>
  /** Resolves at the first send, with how long after the due instant that was, in ms. */
  readonly firstSend: Promise<number>
  /** Resolves when nothing is sent any more: what is left is spared. */
  end(): Promise<void>
}

/** What one of several processes has done. */
export interface Share {
  readonly count: number
  /** When its last item was recorded as sent, in ms since the epoch. */
  readonly lastDoneAt: number
}

export interface OpenParams {
  readonly place: Place
  readonly variant: string
}

export type OpenSystem = (params: OpenParams) => Promise<System>

/** Now, in ms since the epoch, finer than `Date.now` and comparable between processes. */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now()
}
