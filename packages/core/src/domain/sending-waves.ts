import type { Experiment } from '../model/experiment.js'
import type { WaveDue } from '../storage/wave.js'
import type { SendingWave } from './sending-state.js'
import { hasChampion, isInTestGroup } from './variant-assignment.js'

export interface WavePlace {
  readonly group: SendingWave['group']
  /** When the time of these recipients comes. */
  readonly plannedAt: number
}

/** Whether a recipient goes with all, or tests, or waits for what does best. */
export function waveGroupOf(experiments: readonly Experiment[], recipient: string): SendingWave['group'] {
  if (!experiments.some(hasChampion)) return 'all'
  return isInTestGroup(experiments, recipient) ? 'test' : 'rest'
}

/**
 * The waves with one for that place among them, which takes the next number where there is none yet. So preparing again, after a crash,
 * comes to the same numbers as long as the waves are stored before items of them.
 */
export function withWave(
  waves: readonly SendingWave[],
  place: WavePlace,
): { readonly waves: readonly SendingWave[]; readonly wave: SendingWave } {
  const { group, plannedAt } = place
  const known = waves.find((wave) => wave.group === group && wave.plannedAt === plannedAt)
  if (known !== undefined) return { waves, wave: known }
  const number = waves.reduce((next, { wave }) => Math.max(next, wave + 1), 0)
  const wave = { wave: number, group, plannedAt, ...(group !== 'rest' && { dueAt: plannedAt }) }
  return { waves: [...waves, wave], wave }
}

/** The waves with the rest let go at `now`, when the champions are known: each when its recipients' time comes, or at once. */
export function withRestReleased(waves: readonly SendingWave[], now: number): SendingWave[] {
  return waves.map((wave) => (wave.dueAt === undefined ? { ...wave, dueAt: Math.max(wave.plannedAt, now) } : wave))
}

/** What the storage is told of them. One whose time has come by `now` is due for good: a clock that is put back then does not hold it. */
export function wavesDue(waves: readonly SendingWave[], now: number): WaveDue[] {
  return waves.map(({ wave, dueAt }) => ({ wave, dueAt: dueAt !== undefined && dueAt <= now ? 0 : dueAt }))
}

/** When the first wave goes out; `undefined` while there is none that does by itself. */
export function firstDueOf(waves: readonly SendingWave[]): number | undefined {
  return dueInstants(waves).reduce<number | undefined>((first, at) => Math.min(first ?? at, at), undefined)
}

/** When the last wave goes out, as far as that is known. */
export function lastDueOf(waves: readonly SendingWave[]): number | undefined {
  return dueInstants(waves).reduce<number | undefined>((last, at) => Math.max(last ?? at, at), undefined)
}

/** When the next wave after `now` goes out. */
export function nextDueOf(waves: readonly SendingWave[], now: number): number | undefined {
  return firstDueOf(waves.filter(({ dueAt }) => dueAt !== undefined && dueAt > now))
}

function dueInstants(waves: readonly SendingWave[]): number[] {
  return waves.flatMap(({ dueAt }) => (dueAt === undefined ? [] : [dueAt]))
}
