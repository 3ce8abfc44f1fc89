import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import type { ReapedLease, SettleAnswer, Settlement } from '@broadside/core'

/** What a worker asks of its storage, and what it is answered: as much of it as a verdict needs. */
interface Calls {
  readonly claim: {
    readonly asked: { readonly token: string; readonly leaseUntil: number }
    readonly answer: { readonly seqs: readonly number[] }
  }
  readonly extend: {
    readonly asked: { readonly token: string; readonly leaseUntil: number }
    readonly answer: { readonly held: boolean }
  }
  readonly giveBack: {
    readonly asked: { readonly token: string }
    readonly answer: { readonly held: boolean }
  }
  readonly settle: {
    readonly asked: { readonly token: string; readonly settlements: readonly Settlement[] }
    readonly answer: { readonly answers: readonly SettleAnswer[]; readonly completed: boolean }
  }
  readonly reap: {
    readonly asked: { readonly expiredAt: number }
    readonly answer: { readonly reaped: readonly ReapedLease[] }
  }
}

export type CallKind = keyof Calls

/** A call of a worker's. Instants are in µs, by the clock that the processes of a machine share and that never goes back. */
export type LedgerCall = {
  readonly [kind in CallKind]: {
    readonly worker: string
    readonly kind: kind
    readonly from: number
    readonly asked: Calls[kind]['asked']
    /** Absent when the worker was killed before it was answered: the call may have come about or not. */
    readonly answered?: { readonly at: number; readonly answer: Calls[kind]['answer'] } | undefined
  }
}[CallKind]

interface Line {
  readonly id: number
  readonly at: number
  readonly kind?: CallKind
  readonly asked?: unknown
  readonly answer?: unknown
}

/**
 * A file to which a worker adds a line before each call and one after it. Each is written before the worker goes on, so what
 * it was told outlives it.
 */
export class LedgerWriter {
  readonly #file: number
  #calls = 0

  constructor(path: string) {
    this.#file = openSync(path, 'a')
  }

  /** Makes a call, and writes down when it began, when it was answered, and how. */
  async keep<Kind extends CallKind>(
    kind: Kind,
    asked: Calls[Kind]['asked'],
    call: () => Promise<Calls[Kind]['answer']>,
  ): Promise<Calls[Kind]['answer']> {
    this.#calls += 1
    const id = this.#calls
    this.#write({ id, at: microseconds(), kind, asked })
    const answer = await call()
    this.#write({ id, at: microseconds(), answer })
    return answer
  }

  close(): void {
    closeSync(this.#file)
  }

  #write(line: Line): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`)
  }
}

/** What a worker has written down, in the order in which its calls began. */
export function readLedger(path: string, worker: string): readonly LedgerCall[] {
  const calls = new Map<number, LedgerCall>()
  // What a killed worker has not finished writing does not end with a line's end.
  for (const text of readFileSync(path, 'utf8').split('\n').slice(0, -1)) {
    const { id, at, kind, asked, answer } = JSON.parse(text) as Line
    const begun = calls.get(id)
    const call = begun ? { ...begun, answered: { at, answer } } : { worker, kind, from: at, asked }
    calls.set(id, call as LedgerCall)
  }
  return [...calls.values()]
}

/** The calls of one kind. */
export function callsOf<Kind extends CallKind>(calls: readonly LedgerCall[], kind: Kind): readonly CallOf<Kind>[] {
  return calls.filter((call): call is CallOf<Kind> => call.kind === kind)
}

export type CallOf<Kind extends CallKind> = Extract<LedgerCall, { readonly kind: Kind }>

function microseconds(): number {
  return Number(process.hrtime.bigint() / 1000n)
}
