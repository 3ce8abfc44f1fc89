import { addDuration } from '../domain/calendar.js'
import { deadlineAt } from '../domain/deadline.js'
import { parseRelative } from '../domain/relative-schedule.js'
import type { StoredSendingState } from '../domain/sending-state.js'
import { lastDueOf } from '../domain/sending-waves.js'
import { type ChampionExperiment, hasChampion } from '../domain/variant-assignment.js'
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

/**
 * The state with when a function is to pick the champions, now that the test group can go. Their time counts from when the last of it are due, and not
 * from before `now`: what could not go out yet has no results.
 */
export function withChampionTimes({
  now,
  ...params
}: ChampionTimeParams & { readonly now: number }): StoredSendingState {
  if (championExperiments(params.record).length === 0) return params.state
  return withPickTimes({ ...params, state: { ...params.state, testedFrom: Math.max(testedFromOf(params), now) } })
}

/** The state with the champions' times by what it says of the test group. */
export function withPickTimes({ record, state, zone }: ChampionTimeParams): StoredSendingState {
  const champions = championExperiments(record).map(({ name, champion }) => {
    const known = state.champions.find(({ experiment }) => experiment === name)
    const { pickedBy, after } = champion
    const pickAt =
      pickedBy === 'hand' || after === undefined ? undefined : championTimeOf({ record, state, after, zone })
    return { ...known, experiment: name, ...(pickAt !== undefined && { pickAt }) }
  })
  return { ...state, champions }
}

/** So long after the test group could go. */
function championTimeOf({ after, ...params }: ChampionTimeParams & { readonly after: string }): number {
  return addDuration({ instant: testedFromOf(params), duration: parseRelative(after), zone: params.zone })
}

function testedFromOf({ record, state }: ChampionTimeParams): number {
  const dueAt = lastDueOf(state.waves.filter(({ group }) => group === 'test')) ?? record.dueAt ?? 0
  return Math.max(state.testedFrom ?? dueAt, dueAt)
}

function championExperiments({ definition }: SendingRecord): ChampionExperiment[] {
  return (definition.experiments ?? []).filter(hasChampion)
}

/**
 * From when the rest may go, `now` at the earliest: when the time of every champion has come. `undefined` while a person has still to pick one at a
 * time of their own.
 */
export function restReleaseAt({ now, ...params }: ChampionTimeParams & { readonly now: number }): number | undefined {
  const { record, state } = params
  let releaseAt = now
  for (const { name, champion } of championExperiments(record)) {
    const { after } = champion
    const isPicked = state.champions.some(({ experiment, variant }) => experiment === name && variant !== undefined)
    if (after === undefined && !isPicked) return undefined
    if (after !== undefined) releaseAt = Math.max(releaseAt, championTimeOf({ ...params, after }))
  }
  return releaseAt
}
