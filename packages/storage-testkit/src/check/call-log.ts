import type { SendingStorage, Storage } from '@broadside/core'
import type { Harness } from '../harness.js'
import { mapHarness } from '../map-harness.js'
import { throughProxy } from '../wrap.js'
import { condensed } from './condensed.js'
import { valueText } from './value-text.js'

/** The calls that a case makes, and what they answered. */
export interface CallLog {
  readonly harness: Harness
  /** The last calls, in words: those that change something, and the very last. */
  lastCalls(): readonly string[]
}

interface Call {
  readonly engine: number
  readonly method: string
  readonly args: readonly unknown[]
  outcome?: { readonly answer: unknown } | { readonly error: unknown }
}

const SHOWN = 8
const READS = new Set([
  'getJob',
  'listItems',
  'listJobs',
  'countCodes',
  'findOnce',
  'getSending',
  'listSendings',
  'listDueSendings',
])
const UNLOGGED = new Set(['open', 'close', 'onWake', 'within', 'clock'])

/** `harness` with a log of the calls on its storages. */
export function logCalls(harness: Harness): CallLog {
  const calls: Call[] = []
  let engines = 0
  const logged = (storage: Storage) => {
    engines += 1
    return logging(storage, { engine: engines, calls })
  }
  return {
    harness: mapHarness(harness, logged),
    lastCalls: () => calls.map((call) => `${engines > 1 ? `engine ${call.engine}: ` : ''}${inWords(call)}`),
  }
}

function logging<T extends Storage | SendingStorage>(storage: T, log: { engine: number; calls: Call[] }): T {
  const { engine, calls } = log
  return throughProxy(storage, (key) => {
    const value: unknown = Reflect.get(storage, key)
    if (key === 'sendings' && value) return logging(value as SendingStorage, log)
    if (typeof value !== 'function' || typeof key === 'symbol' || UNLOGGED.has(key)) return value
    return (...args: unknown[]) => {
      const call: Call = { engine, method: key, args }
      note(call, calls)
      const result: unknown = value.apply(storage, args)
      Promise.resolve(result).then(
        (answer) => Object.assign(call, { outcome: { answer } }),
        (error: unknown) => Object.assign(call, { outcome: { error } }),
      )
      return result
    }
  })
}

/** Forgets what will not be shown: a case may make thousands of calls. */
function note(call: Call, calls: Call[]): void {
  if (READS.has(calls.at(-1)?.method ?? '')) calls.pop()
  calls.push(call)
  if (calls.length > SHOWN) calls.shift()
}

function inWords({ method, args, outcome }: Call): string {
  const call = `${method}(${args.map((arg) => brief(arg)).join(', ')})`
  if (!outcome) return `${call} has not answered`
  return 'answer' in outcome ? `${call} → ${brief(outcome.answer)}` : `${call} rejects with ${String(outcome.error)}`
}

function brief(value: unknown): string {
  const options = {
    depth: 4,
    maxArrayLength: 6,
    maxStringLength: 40,
    breakLength: Number.POSITIVE_INFINITY,
    compact: 9,
  }
  const text = valueText(condensed(value), options)
  return text.length > 300 ? `${text.slice(0, 300)} …` : text
}
