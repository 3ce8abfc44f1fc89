import * as z from 'zod'
import type { Counters } from '../model/counters.js'
import { addDuration } from './calendar.js'
import { parseRelative } from './relative-schedule.js'

const instant = z.number()
const waitingSchema = z.object({
  /** When something can go out again; absent: when somebody says so. */
  until: instant.optional(),
})

/** What is kept between two looks at a sending, for its `failAfter`. */
export const progressMarkSchema = z.object({
  lookedAt: instant,
  /** How long nothing has moved, as far as it counts, in ms. */
  stalledMs: z.number().min(0),
  received: z.int(),
  pending: z.int(),
  /** Nothing could go out from the last look on. */
  waiting: waitingSchema.optional(),
})

export type ProgressMark = z.infer<typeof progressMarkSchema>

/** A look at a sending that is being prepared or transmitted. */
export interface ProgressLook {
  readonly now: number
  /** Of its job: any change of them is progress. */
  readonly counters: Pick<Counters, 'received' | 'pending'>
  /**
   * Set when no open item is due: nothing can go out before `until` (the next wave, the next permit), or before somebody says when (a
   * champion picked by hand).
   */
  readonly waiting?: { readonly until?: number | undefined } | undefined
  /**
   * Set when work went on since the last look that need not show in the counters, such as to read who is known already after a crash: how long
   * nothing had moved when that work began. So a source that gives the same few and fails, again and again, comes to its end.
   */
  readonly stalledMsBefore?: number | undefined
  /** Since when whoever looks has been there. What was before is no time without progress that it has seen: perhaps nobody was there. */
  readonly presentSince?: number | undefined
  readonly failAfterMs: number
}

export interface SeenProgress {
  readonly progress: ProgressMark
  /** Nothing has moved for `failAfter`: the sending has run out of time. */
  readonly hasStalled: boolean
}

/**
 * The progress after a look. Time without progress adds up from look to look, but only while somebody looks: a look adds at most twice
 * {@link lookIntervalMs}, so that a clock that was put forward does not fail a sending, and hours in which the process was down add nothing. Time
 * in which nothing could go out does not count, nor does a clock that goes back.
 */
export function lookAtProgress(before: ProgressMark | undefined, look: ProgressLook): SeenProgress {
  const { now, counters, waiting, failAfterMs } = look
  const { received, pending } = counters
  const hasMoved = before === undefined || received !== before.received || pending !== before.pending
  const stalledMs =
    hasMoved || waiting !== undefined ? 0 : (look.stalledMsBefore ?? before.stalledMs + countedMs(before, look))
  const progress = { lookedAt: now, stalledMs, received, pending, ...(waiting && { waiting }) }
  return { progress, hasStalled: stalledMs > 0 && stalledMs >= failAfterMs }
}

function countedMs({ lookedAt, waiting }: ProgressMark, { now, failAfterMs, presentSince = 0 }: ProgressLook): number {
  // A clock that was put back since says nothing of when that was.
  const seenFrom = presentSince <= now ? Math.max(lookedAt, presentSince) : lookedAt
  const countsFrom = waiting === undefined ? seenFrom : Math.max(seenFrom, waiting.until ?? now)
  return Math.min(Math.max(0, now - countsFrom), 2 * lookIntervalMs(failAfterMs))
}

/** How far apart looks are at most, in ms. */
export function lookIntervalMs(failAfterMs: number): number {
  return Math.max(1, Math.floor(failAfterMs / 4))
}

/**
 * When to look next: so soon that no time is lost, and when the sending will have stalled if nothing moves. `undefined` while nothing can
 * go out before somebody says so.
 */
export function nextLookAt(progress: ProgressMark, failAfterMs: number): number | undefined {
  const { lookedAt, stalledMs, waiting } = progress
  if (waiting !== undefined && waiting.until === undefined) return undefined
  const left = Math.max(1, failAfterMs - stalledMs)
  return Math.max(lookedAt, waiting?.until ?? lookedAt) + Math.min(lookIntervalMs(failAfterMs), left)
}

/** The progress of a sending that goes on now, after a pause or with a champion: the time before does not count, and what waits is to be seen anew. */
export function resumedProgress({ waiting: _, ...progress }: ProgressMark, now: number): ProgressMark {
  return { ...progress, lookedAt: now }
}

export interface FailAfterParams {
  /** As the sending says it; `null`: never. */
  readonly failAfter: string | null
  /** In whose calendar months and years are counted, from `instant` on. */
  readonly zone: string
  readonly instant: number
}

/** `failAfter` in ms; `undefined` when the sending never fails for want of progress. Throws as `parseRelative` and `addDuration` do. */
export function failAfterMs({ failAfter, zone, instant: from }: FailAfterParams): number | undefined {
  if (failAfter === null) return undefined
  return addDuration({ instant: from, duration: parseRelative(failAfter), zone }) - from
}
