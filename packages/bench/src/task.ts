import type { Place } from './place.js'
import type { Measured } from './result.js'
import type { SystemName } from './systems/systems.js'

/** What a process is started for. */
export const STEPS = [
  'prepare',
  'ingest',
  'drain',
  'end-to-end',
  'several-jobs',
  'four-workers',
  'idle',
  'first-send',
  'preschedule',
] as const

export type StepName = (typeof STEPS)[number]

/** All that a process is told; its only argument. */
export interface Task {
  readonly step: StepName
  readonly system: SystemName
  readonly place: Place
  readonly variant: string
  readonly n: number
  readonly warmUp: number
  readonly seed: number
  /** People are not there yet: take them in first, unmeasured. So where data ends with the process. */
  readonly fill: boolean
}

/** What a process says while it works. */
export type Report =
  | { readonly type: 'ready' }
  | { readonly type: 'measured'; readonly measured: Measured }
  | { readonly type: 'failed'; readonly reason: string }

/** What it is told meanwhile. */
export type Signal = 'go' | 'finish'

/** The names of the jobs or queues. */
export const WARM_UP_QUEUE = 'warm-up'
export const MAIN_QUEUE = 'main'
export const SEVERAL = 8
export const SEVERAL_QUEUES: readonly string[] = Array.from({ length: SEVERAL }, (_, index) => `several-${index}`)

/** Variants that say more than how to send. */
export const DUE_TOMORROW = 'due tomorrow'
export const NOTHING_DUE = 'nothing due'
export const ONE_JOB = 'one job'
export const FIRST_SEND = 'first send'
export const PRESCHEDULED = 'prescheduled'
export const NOT_PRESCHEDULED = 'prepared when due'
