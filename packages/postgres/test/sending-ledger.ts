import { openSync, readFileSync, writeSync } from 'node:fs'
import type { Broadside } from '@broadside/core'

const TOLD = [
  'updated',
  'scheduled',
  'unscheduled',
  'pending',
  'preparing',
  'prepared',
  'transmitting',
  'transmitted',
  'skipped',
  'paused',
  'resumed',
  'cancelled',
  'failed',
  'retrying',
] as const

/** A message that has arrived. */
export interface Arrival {
  readonly type: 'arrival'
  readonly messageId: string
  readonly recipient: string
  readonly variant?: string | undefined
}

/** What an engine has told of a sending. */
export type Telling =
  | { readonly type: 'transition'; readonly to: (typeof TOLD)[number] }
  | { readonly type: 'champion'; readonly variant: string }
  | { readonly type: 'trouble' | 'unfit'; readonly reason: string }

export type LedgerEntry = (Arrival | Telling) & { readonly sendingId: string }
/** By which process, and when, in ms since the epoch. */
export type LedgerLine = LedgerEntry & { readonly pid: number; readonly at: number }

/** A file that several processes write to. What is written stays, whatever becomes of its process. */
export class SendingLedger {
  readonly #file: number

  constructor(path: string) {
    this.#file = openSync(path, 'a')
  }

  write(entry: LedgerEntry): void {
    const line: LedgerLine = { ...entry, pid: process.pid, at: Date.now() }
    writeSync(this.#file, `${JSON.stringify(line)}\n`)
  }

  /** Takes down what an engine tells of sendings. */
  listenTo(broadside: Broadside): void {
    for (const to of TOLD) {
      broadside.on(`sending:${to}`, ({ sendingId }) => this.write({ type: 'transition', sendingId, to }))
    }
    broadside.on('sending:champion', ({ sendingId, variant }) => this.write({ type: 'champion', sendingId, variant }))
    const deplore = (type: 'trouble' | 'unfit') => (event: { readonly sendingId: string; readonly error: unknown }) =>
      this.write({ type, sendingId: event.sendingId, reason: String(event.error) })
    broadside.on('sending:trouble', deplore('trouble'))
    broadside.on('sending:unfit', deplore('unfit'))
  }
}

/** In the order in which they were written. */
export function readSendingLedger(path: string): readonly LedgerLine[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line))
}
