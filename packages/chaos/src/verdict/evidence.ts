/** All that is known when a run is over, from four sides that don't know of each other: plan, receiving side, processes, storage. */
import type { ItemStatus, JobInfo } from '@broadside/core'
import type { ProcessLog } from '../evidence/process-log.js'
import type { JobPlan } from '../plan.js'
import type { Handover } from '../receiver/ledger.js'

/**
 * Harm that was done on purpose. It began at `at` at the earliest and was over by `until` at the latest, in ms since the epoch by the clock of the
 * process that did it; all processes are on one machine.
 *
 * - `kill`: SIGKILL.
 * - `freeze`: SIGSTOP, and SIGCONT later.
 * - `terminate`: connections of a process were ended by Postgres.
 * - `restart`: Postgres was killed and started again.
 */
export type Interruption =
  | { readonly type: 'kill'; readonly boot: string; readonly at: number }
  | { readonly type: 'freeze'; readonly boot: string; readonly at: number; readonly until: number }
  | { readonly type: 'terminate'; readonly boot: string; readonly at: number; readonly connections: number }
  | { readonly type: 'restart'; readonly signal: string; readonly at: number; readonly until: number }

/** An item as a page of storage shows it. */
export interface StoredItem {
  readonly seq: number
  readonly messageId: string
  readonly recipient: string
  readonly status: ItemStatus
  readonly code?: string | undefined
}

/** A job as storage has it in the end. */
export interface StoredJob {
  readonly info: Pick<JobInfo, 'id' | 'name' | 'status' | 'counters' | 'inFlight' | 'ingestErrors'>
  readonly items: readonly StoredItem[]
  readonly codes: Readonly<Record<string, number>>
}

export interface Evidence {
  /** What was to be sent. */
  readonly plans: readonly JobPlan[]
  /** Every job that storage has, planned or not. */
  readonly jobs: readonly StoredJob[]
  readonly handovers: readonly Handover[]
  readonly processes: readonly ProcessLog[]
  readonly interruptions: readonly Interruption[]
}
