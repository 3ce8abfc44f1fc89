import type { ProcessLog } from '../evidence/process-log.js'
import type { Interruption } from './evidence.js'
import type { LeaseHistory } from './lease-history.js'

/** How long it took until somebody took over what a killed worker had leased, in ms. */
export interface Takeovers {
  readonly count: number
  /** From the kill. */
  readonly medianMs: number
  readonly maxMs: number
  /** From the end of the lease: what the others' looking now and then adds. */
  readonly medianLateMs: number
  readonly maxLateMs: number
}

/**
 * Of the leases that ended because of a kill, and whose reaping is on record. Left out are those that somebody else kept waiting: Postgres was
 * down, or a process was frozen that may have held the database.
 */
export function takeovers(params: {
  readonly processes: readonly ProcessLog[]
  readonly leases: ReadonlyMap<string, LeaseHistory>
  readonly interruptions: readonly Interruption[]
}): Takeovers {
  const { processes, leases, interruptions } = params
  const kills = new Map(interruptions.flatMap((one) => (one.type === 'kill' ? [[one.boot, one.at] as const] : [])))
  const taken = reaps(processes).flatMap(({ token, at }) => {
    const lease = leases.get(token)
    const killedAt = lease && kills.get(lease.boot)
    if (lease === undefined || killedAt === undefined || killedAt > at) return []
    const isDelayed = interruptions.some((one) => 'until' in one && one.at <= at && one.until >= killedAt)
    return isDelayed ? [] : [{ sinceKill: at - killedAt, late: at - lease.endsAt }]
  })
  const sinceKill = taken.map((one) => one.sinceKill)
  const late = taken.map((one) => one.late)
  return {
    count: taken.length,
    medianMs: median(sinceKill),
    maxMs: Math.max(0, ...sinceKill),
    medianLateMs: median(late),
    maxLateMs: Math.max(0, ...late),
  }
}

function reaps(processes: readonly ProcessLog[]): readonly { readonly token: string; readonly at: number }[] {
  return processes.flatMap(({ calls }) =>
    calls.flatMap(({ answer, endedAt = 0 }) =>
      answer?.op === 'reap' ? answer.leases.map(({ token }) => ({ token, at: endedAt })) : [],
    ),
  )
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
