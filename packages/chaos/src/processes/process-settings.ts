import type { Rate } from '@broadside/core'
import type { Channel, JobPlan } from '../plan.js'
import type { StorageLocation } from './open-storage.js'

/** What every process of a run is told when it starts. */
export interface ProcessSettings {
  /** Its name; no two processes have the same. */
  readonly boot: string
  readonly location: StorageLocation
  readonly evidenceFile: string
  readonly leaseMs: number
  readonly pollMs: number
}

export interface WorkerSettings extends ProcessSettings {
  readonly receiverPort: number
  readonly channels: readonly Channel[]
  readonly rates: Readonly<Record<Channel, Rate>>
}

export interface WriterSettings extends ProcessSettings {
  readonly jobs: readonly JobPlan[]
  readonly seed: number
  /** True for the last one: it does everything once more, resumes what is paused, and ends. */
  readonly isLast: boolean
}

/** The settings as the one argument of a process. */
export function settingsFromArguments<T extends ProcessSettings>(): T {
  return JSON.parse(process.argv[2] ?? '') as T
}
