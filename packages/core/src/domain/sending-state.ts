import * as z from 'zod'
import { BroadsideError } from '../model/error.js'
import type { Deadline } from '../model/sending.js'
import { thrownReason } from '../model/thrown-reason.js'
import { progressMarkSchema, resumedProgress } from './sending-progress.js'

/** In ms since the epoch. */
const instant = z.number()

const waveSchema = z.looseObject({
  wave: z.int().min(0),
  /** `test` goes out before the champions are known, `rest` after; `all` where there are none. */
  group: z.enum(['all', 'test', 'rest']),
  /** When its recipients' time comes. */
  plannedAt: instant,
  /** When it goes out; absent for a `rest` that waits for a champion. */
  dueAt: instant.optional(),
  /** How many items were added to it; where that is not known for certain, rather more. */
  items: z.int().min(0).optional(),
})

const championSchema = z.looseObject({
  experiment: z.string(),
  /** When an engine has to have it picked by the host's function; absent for one that a person picks. */
  pickAt: instant.optional(),
  /** How often that came to nothing. */
  tries: z.int().min(0).optional(),
  /** When to try again after that. */
  retryAt: instant.optional(),
  /** The variant that was picked. */
  variant: z.string().optional(),
})

/**
 * What core keeps with a sending, in `SendingRecord.state`. Fields that this version does not know are kept: a newer engine may have
 * written them.
 */
export const storedSendingStateSchema = z.looseObject({
  /** When preparing is to begin. */
  prepareAt: instant.optional(),
  /** In recipients' own zones: what `dueByZone` takes. */
  inRecipientZones: z
    .looseObject({
      wallTime: z.number(),
      engineZone: z.string(),
      scheduledAt: instant,
      pastPolicy: z.enum(['sendNow', 'skip', 'nextDay']),
    })
    .optional(),
  /** By number. */
  waves: z.array(waveSchema).default([]),
  /** When the last items are due, once that is known: what a relative deadline counts from. */
  lastDueAt: instant.optional(),
  /** When it has run out of time. */
  deadlineAt: instant.optional(),
  progress: progressMarkSchema.optional(),
  /** Since when it is paused. */
  pausedAt: instant.optional(),
  /** How long it was paused before, in ms. */
  pausedMs: z.number().min(0).default(0),
  /** From when the champions' time counts: when the last of the test group could go out. */
  testedFrom: instant.optional(),
  /** One for each experiment with a champion. */
  champions: z.array(championSchema).default([]),
  /** Since when the audience is to be read again. */
  reresolveAt: instant.optional(),
  /** That has begun: newcomers may be in that are not counted yet. */
  rereadBegun: z.boolean().optional(),
})

export type StoredSendingState = z.infer<typeof storedSendingStateSchema>
export type SendingWave = z.infer<typeof waveSchema>
export type SendingChampion = z.infer<typeof championSchema>

export const EMPTY_SENDING_STATE: StoredSendingState = { waves: [], pausedMs: 0, champions: [] }

/**
 * Reads what {@link formatSendingState} wrote; empty text is the state of a sending that was just created.
 *
 * @throws BroadsideError `STORAGE_FAILED` for anything else: nobody knows when its items are due then.
 */
export function parseSendingState(text: string): StoredSendingState {
  if (text === '') return EMPTY_SENDING_STATE
  try {
    return storedSendingStateSchema.parse(JSON.parse(text))
  } catch (cause) {
    throw new BroadsideError(
      'STORAGE_FAILED',
      `The stored state of a sending can't be read: ${thrownReason(cause)}. Restore it from a backup, or cancel the sending and duplicate it.`,
      { cause },
    )
  }
}

export function formatSendingState(state: StoredSendingState): string {
  return JSON.stringify(state)
}

/** The state of a sending that is paused at `now`. */
export function pausedState(state: StoredSendingState, now: number): StoredSendingState {
  return { ...state, pausedAt: now }
}

/**
 * The state of a sending that goes on at `now`: paused time counts neither as time without progress, nor against a relative deadline, nor as time in
 * which a test group shows what it does.
 */
export function resumedState(
  state: StoredSendingState,
  { deadline, now }: { readonly deadline: Deadline | undefined; readonly now: number },
): StoredSendingState {
  const { pausedAt = now, ...rest } = state
  const pausedMs = Math.max(0, now - pausedAt)
  const moves = state.deadlineAt !== undefined && typeof deadline === 'object'
  return {
    ...rest,
    pausedMs: state.pausedMs + pausedMs,
    ...(moves && { deadlineAt: Number(state.deadlineAt) + pausedMs }),
    ...(state.progress && { progress: resumedProgress(state.progress, now) }),
    ...(state.testedFrom !== undefined && { testedFrom: resumedTest(state.testedFrom, { pausedAt, pausedMs }) }),
  }
}

/** What was due before the pause has run for a while; what came to be due in it begins with its end. */
export function resumedTest(
  testedFrom: number,
  { pausedAt, pausedMs }: { readonly pausedAt: number; readonly pausedMs: number },
): number {
  return testedFrom <= pausedAt ? testedFrom + pausedMs : Math.max(testedFrom, pausedAt + pausedMs)
}
