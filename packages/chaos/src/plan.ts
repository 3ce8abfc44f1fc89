/** What is sent, by whom and how fast. Pure: the same settings make the same plan. */
import type { OnUncertain, Rate } from '@broadside/core'

export type StorageKind = 'sqlite' | 'postgres'
export type Channel = 'email' | 'sms'

export const CHANNELS: readonly Channel[] = ['email', 'sms']

export interface JobPlan {
  /** Also its name in storage, and its idempotency key. */
  readonly name: string
  readonly channel: Channel
  readonly onUncertain: OnUncertain
  readonly priority: number
  /** Recipients who have to get it. */
  readonly wanted: number
  /** Further recipients, whom the receiving side refuses. */
  readonly refused: number
  /** Entries of the input that come a second time. */
  readonly repeated: number
}

export interface Settings {
  readonly storage: StorageKind
  readonly items: number
  /** How long the sending is to take. */
  readonly durationMs: number
  readonly workers: number
  readonly seed: number
}

export interface Plan extends Settings {
  readonly leaseMs: number
  readonly pollMs: number
  readonly jobs: readonly JobPlan[]
  /** What each worker carries; one of several lacks e-mail. */
  readonly crew: readonly (readonly Channel[])[]
  /** What one worker may send on a channel. */
  readonly rates: Readonly<Record<Channel, Rate>>
}

/** Short, so that takeovers are many; long enough that none ends only because a busy machine let its process wait. */
const LEASE_MS = 4_000
const POLL_MS = 250
/** Workers are down, frozen, or busy with what others left behind: those at work are to make up for that. */
const SHARE_AT_WORK = 0.6
const MAX_HELD = 5_000

export function planOf(settings: Settings): Plan {
  const jobs = jobsOf(settings.items)
  const crew = crewOf(settings.workers)
  const rateOn = (channel: Channel): Rate => {
    const items = jobs.filter((job) => job.channel === channel).reduce((sum, job) => sum + job.wanted + job.refused, 0)
    const carriers = crew.filter((channels) => channels.includes(channel)).length
    return rateOf((items * 1_000) / (settings.durationMs * SHARE_AT_WORK * carriers))
  }
  const rates = { email: rateOn('email'), sms: rateOn('sms') }
  return { ...settings, leaseMs: LEASE_MS, pollMs: POLL_MS, jobs, crew, rates }
}

/** Several at once, of different size and priority. What is held or refused comes on top of the items that have to arrive. */
function jobsOf(items: number): readonly JobPlan[] {
  const shares = [
    { name: 'newsletter', channel: 'email', share: 0.4, priority: 5 },
    { name: 'reminder', channel: 'sms', share: 0.25, priority: 5 },
    { name: 'announcement', channel: 'email', share: 0.2, priority: 4 },
    { name: 'alert', channel: 'sms', share: 0.1, priority: 8 },
    { name: 'receipt', channel: 'email', share: 0.05, priority: 9 },
  ] as const
  const counts = split(
    items,
    shares.map(({ share }) => share),
  )
  const resent = shares.map(({ name, channel, priority }, index): JobPlan => {
    const wanted = counts[index] ?? 0
    return { name, channel, priority, onUncertain: 'resend', wanted, ...extrasOf(wanted) }
  })
  const held = Math.min(MAX_HELD, Math.ceil(items / 20))
  const heldJob = { name: 'held', channel: 'email', priority: 6, onUncertain: 'hold', wanted: held } as const
  return [...resent, { ...heldJob, ...extrasOf(held) }]
}

function extrasOf(wanted: number): Pick<JobPlan, 'refused' | 'repeated'> {
  return { refused: Math.floor(wanted / 100), repeated: Math.floor(wanted / 50) }
}

/** Whole numbers by share that add up to `total`. */
function split(total: number, shares: readonly number[]): readonly number[] {
  let share = 0
  let given = 0
  return shares.map((one, index) => {
    share += one
    const upTo = index === shares.length - 1 ? total : Math.round(total * share)
    const count = upTo - given
    given = upTo
    return count
  })
}

function crewOf(workers: number): readonly (readonly Channel[])[] {
  return Array.from({ length: workers }, (_, index): readonly Channel[] => (index === 2 ? ['sms'] : CHANNELS))
}

/** In short intervals, so that it is no burst a second. */
function rateOf(perSecond: number): Rate {
  const perQuarter = Math.round(perSecond / 4)
  if (perQuarter >= 1) return { limit: perQuarter, intervalMs: 250 }
  return { limit: 1, intervalMs: Math.min(5_000, Math.round(1_000 / Math.max(perSecond, 0.001))) }
}
