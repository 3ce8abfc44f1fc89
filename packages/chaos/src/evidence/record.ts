import type { ItemStatus, JobStatus, SettleAnswer } from '@broadside/core'
import type { Channel } from '../plan.js'
import type { Runs } from './runs.js'

/** What a process asks of its storage, as far as it matters for who may send what. */
export type Ask =
  | { readonly op: 'claim'; readonly jobId: string; readonly token: string; readonly leaseUntil: number }
  | { readonly op: 'extend'; readonly jobId: string; readonly token: string; readonly leaseUntil: number }
  | { readonly op: 'settle'; readonly jobId: string; readonly token: string; readonly seqs: Runs }
  | { readonly op: 'give-back'; readonly jobId: string; readonly token: string }
  | { readonly op: 'reap'; readonly expiredAt: number }
  | { readonly op: 'transition'; readonly jobId: string; readonly from: JobStatus; readonly to: JobStatus }

/** What it was told. `startedThrough` is what storage acknowledged with this answer; absent when it moved nothing. */
export type Answer =
  | { readonly op: 'claim'; readonly seqs: Runs; readonly startedThrough: number }
  | { readonly op: 'extend'; readonly held: boolean; readonly startedThrough?: number | undefined }
  | {
      readonly op: 'settle'
      readonly held: boolean
      readonly completed: boolean
      readonly startedThrough?: number | undefined
      readonly outcomes: readonly SettledSeqs[]
    }
  | { readonly op: 'give-back'; readonly held: boolean }
  | { readonly op: 'reap'; readonly leases: readonly ReapedTokens[] }
  | { readonly op: 'transition'; readonly applied: boolean; readonly completed: boolean }

/** Items of one settle that had the same end. */
export interface SettledSeqs {
  readonly to: ItemStatus
  readonly answer: SettleAnswer
  readonly seqs: Runs
}

export interface ReapedTokens {
  readonly jobId: string
  readonly token: string
  readonly started: number
  readonly unstarted: number
  readonly completed: boolean
}

/**
 * One line of a process' own log. An `ask` is written before the call and the `answer` or `fault` after it, each before anything else
 * happens: what a SIGKILL leaves is what the process knew. `call` counts within the process.
 */
export type EvidenceRecord =
  | { readonly type: 'boot'; readonly at: number; readonly pid: number; readonly channels: readonly Channel[] }
  | { readonly type: 'ask'; readonly at: number; readonly call: number; readonly ask: Ask }
  | { readonly type: 'answer'; readonly at: number; readonly call: number; readonly answer: Answer }
  | { readonly type: 'fault'; readonly at: number; readonly call: number; readonly reason: string }
  | { readonly type: 'note'; readonly at: number; readonly text: string }
