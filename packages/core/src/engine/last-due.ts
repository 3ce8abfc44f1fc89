import { addDuration } from '../domain/calendar.js'
import { deadlineAt } from '../domain/deadline.js'
import { parseRelative } from '../domain/relative-schedule.js'
import type { StoredSendingState } from '../domain/sending-state.js'
import { lastDueOf } from '../domain/sending-waves.js'
import { hasChampion } from '../domain/variant-assignment.js'
import type { SendingRecord } from '../storage/sending-record.js'

/** When the last items are due, and with it a deadline that counts from there; nothing while a wave waits for a champion. */
export function withLastDue(
  state: StoredSendingState,
  { definition, dueAt }: SendingRecord,
  zone: string,
): StoredSendingState {
  const { deadline } = definition
  if (state.waves.some((wave) => wave.dueAt === undefined)) return state
  const lastDueAt = lastDueOf(state.waves) ?? dueAt
  if (lastDueAt === undefined) return state
  if (typeof deadline !== 'object') return { ...state, lastDueAt }
  const endsAt = deadlineAt({ deadline, lastDueAt, zone }) + state.pausedMs
  // One that was given later, by retryFailed, stays.
  return { ...state, lastDueAt, deadlineAt: Math.max(endsAt, state.deadlineAt ?? endsAt) }
}

export interface ChampionTimeParams {
  readonly record: SendingRecord
  /** With the waves of the test group. */
  readonly state: StoredSendingState
  readonly zone: string
}

/** So long after the last of the test group are due. */
export function championTimeOf({
  record,
  state,
  after,
  zone,
}: ChampionTimeParams & { readonly after: string }): number {
  const tested = state.waves.filter(({ group }) => group === 'test')
  return addDuration({
    instant: lastDueOf(tested) ?? record.dueAt ?? 0,
    duration: parseRelative(after),
    zone,
  })
}

/**
 * From when the rest may go, `now` at the earliest: when the time of every champion has come. `undefined` while a person has still to pick one at a
 * time of their own.
 */
export function restReleaseAt({ now, ...params }: ChampionTimeParams & { readonly now: number }): number | undefined {
  const { record, state } = params
  let releaseAt = now
  for (const { name, champion } of (record.definition.experiments ?? []).filter(hasChampion)) {
    const { after } = champion
    const isPicked = state.champions.some(({ experiment, variant }) => experiment === name && variant !== undefined)
    if (after === undefined && !isPicked) return undefined
    if (after !== undefined) releaseAt = Math.max(releaseAt, championTimeOf({ ...params, after }))
  }
  return releaseAt
}
