import type { Channel } from '../plan.js'
import type { Answer, Ask, EvidenceRecord } from './record.js'

/** One storage call of a process, as its log has it. Without `endedAt` the process never heard of it again. */
export interface Call {
  readonly askedAt: number
  readonly ask: Ask
  readonly endedAt?: number | undefined
  /** Absent when it failed, or was never answered. */
  readonly answer?: Answer | undefined
}

/** What one process did, from its start to its end. */
export interface ProcessLog {
  /** Its name: no two processes have the same. */
  readonly boot: string
  readonly pid: number
  readonly channels: readonly Channel[]
  /** In the order in which they were asked. */
  readonly calls: readonly Call[]
}

/** Reads a process' log. The last line may be cut off: a SIGKILL came in between. */
export function parseProcessLog(boot: string, text: string): ProcessLog {
  const calls = new Map<number, Call>()
  let pid = 0
  let channels: readonly Channel[] = []
  for (const record of recordsOf(text)) {
    if (record.type === 'boot') ({ pid, channels } = record)
    else if (record.type === 'ask') calls.set(record.call, { askedAt: record.at, ask: record.ask })
    else if (record.type !== 'note') end(calls, record)
  }
  return { boot, pid, channels, calls: [...calls.values()] }
}

type EndRecord = Extract<EvidenceRecord, { type: 'answer' | 'fault' }>

function end(calls: Map<number, Call>, record: EndRecord): void {
  const call = calls.get(record.call)
  if (call === undefined) throw new Error(`an answer to call ${record.call}, which was never asked`)
  const answer = record.type === 'answer' ? record.answer : undefined
  calls.set(record.call, { ...call, endedAt: record.at, answer })
}

function recordsOf(text: string): EvidenceRecord[] {
  const lines = text.split('\n')
  const rest = lines.pop()
  const records = lines.map((line) => JSON.parse(line) as EvidenceRecord)
  const last = rest ? cutOff(rest) : undefined
  return last === undefined ? records : [...records, last]
}

function cutOff(line: string): EvidenceRecord | undefined {
  try {
    return JSON.parse(line) as EvidenceRecord
  } catch {
    return undefined
  }
}
