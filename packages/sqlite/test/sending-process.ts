import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import type { WorkerProgram } from '@broadside/storage-testkit'
import type { SendingNews } from './sending-worker.js'

export interface SendingProcessEnd {
  /** `SIGKILL` when it was killed. */
  readonly signal: NodeJS.Signals | null
  readonly exitCode: number | null
  /** What it wrote to stderr. */
  readonly errors: string
}

/** Runs the process to its end, or to where it tells that it has come so far, and kills it there. */
export async function runUntil(
  { modulePath, args = [] }: WorkerProgram,
  moment?: SendingNews,
): Promise<SendingProcessEnd> {
  const child = fork(modulePath, [...args], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  child.on('message', (news: SendingNews) => {
    if (moment !== undefined && news.read >= moment.read && news.sent >= moment.sent) child.kill('SIGKILL')
  })
  return endOf(child)
}

async function endOf(child: ChildProcess): Promise<SendingProcessEnd> {
  const errors = child.stderr === null ? '' : text(child.stderr)
  const [exitCode, signal] = await once(child, 'close')
  return { exitCode, signal, errors: await errors }
}

export interface SendingLedger {
  /** How often each message was handed over, by its id. */
  readonly sent: ReadonlyMap<string, { readonly address: string; readonly times: number }>
  /** The statuses that processes saw, in order. */
  readonly statuses: readonly string[]
}

export function readSendingLedger(path: string): SendingLedger {
  const sent = new Map<string, { readonly address: string; readonly times: number }>()
  const statuses: string[] = []
  for (const line of readFileSync(path, 'utf8').trimEnd().split('\n')) {
    const [kind, first = '', address = ''] = line.split(' ')
    if (kind === 'status') statuses.push(first)
    else sent.set(first, { address, times: (sent.get(first)?.times ?? 0) + 1 })
  }
  return { sent, statuses }
}
