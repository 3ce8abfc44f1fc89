import type { Rate } from '../model/delivery-options.js'
import { type Drained, drain, type RateWindow } from './rate-window.js'

/** Recipients that become due together on one channel. */
export interface PlannedGroup {
  readonly channel: string
  /** `undefined` while nobody knows: they wait for a champion that a person picks whenever they do. */
  readonly dueAt: number | undefined
  readonly recipients: number
}

export interface PlanSendingParams {
  readonly groups: readonly PlannedGroup[]
  /** Of the sending, over all channels. */
  readonly rate?: Rate | undefined
  /** Of the providers, by channel. */
  readonly channelRates?: ReadonlyMap<string, Rate> | undefined
  readonly deadlineAt?: number | undefined
  /** Nothing goes out before it. */
  readonly now: number
}

export interface PlannedWave {
  /** `undefined`, as `startsAt` and `endsAt`, while nobody knows: its recipients wait for a champion that a person picks whenever they do. */
  readonly dueAt?: number | undefined
  readonly recipients: number
  readonly byChannel: Readonly<Record<string, number>>
  /** When its first message can go out: later than due where earlier waves use up the limit. */
  readonly startsAt?: number | undefined
  /** When its last message can go out. */
  readonly endsAt?: number | undefined
  readonly durationMs: number
}

/** What goes out when at the earliest, by the limits alone: providers take their time, and retries come on top. */
export interface SendingPlan {
  readonly recipients: number
  readonly byChannel: Readonly<Record<string, number>>
  /** In the order of their instants; one of which nobody knows when comes last. */
  readonly waves: readonly PlannedWave[]
  /** When the last message can go out; `undefined` without recipients, and while that is not known. */
  readonly endsAt?: number | undefined
  /** From the first message to the last; `undefined` while that is not known. */
  readonly durationMs?: number | undefined
  /** Whether it ends by the deadline; true without one, `undefined` while that is not known. */
  readonly fitsDeadline?: boolean | undefined
}

/** How long a sending takes at its limits. Each limit is counted exactly; where several hold at once, the slowest one decides. */
export function planSending({ groups, rate, channelRates, deadlineAt, now }: PlanSendingParams): SendingPlan {
  const counted = groups.filter(({ recipients }) => recipients > 0)
  const instants = [...new Set(counted.map(({ dueAt }) => dueAt))].filter((dueAt) => dueAt !== undefined)
  const limits = new Limits({ rate, channelRates })
  const timed = instants
    .sort((a, b) => a - b)
    .map((dueAt) => {
      const byChannel = countByChannel(counted.filter((group) => group.dueAt === dueAt))
      return { dueAt, ...limits.plan(byChannel, Math.max(now, dueAt)) }
    })
  const waiting = counted.filter(({ dueAt }) => dueAt === undefined)
  const lastAt = timed.reduce<number | undefined>((last, { endsAt }) => Math.max(last ?? endsAt, endsAt), undefined)
  const isLate = deadlineAt !== undefined && lastAt !== undefined && lastAt > deadlineAt
  return {
    recipients: counted.reduce((sum, { recipients }) => sum + recipients, 0),
    byChannel: Object.fromEntries(countByChannel(counted)),
    ...(waiting.length === 0
      ? { waves: timed, endsAt: lastAt, durationMs: (lastAt ?? 0) - (timed[0]?.startsAt ?? 0), fitsDeadline: !isLate }
      : {
          waves: [...timed, waitingWave(waiting, new Limits({ rate, channelRates }))],
          endsAt: undefined,
          durationMs: undefined,
          fitsDeadline: deadlineAt === undefined || (isLate ? false : undefined),
        }),
  }
}

/** How long it takes is known all the same: as long as if nothing had gone out before it. */
function waitingWave(groups: readonly PlannedGroup[], limits: Limits): PlannedWave {
  const { startsAt: _, endsAt: __, ...planned } = limits.plan(countByChannel(groups), 0)
  return { ...planned, dueAt: undefined, startsAt: undefined, endsAt: undefined }
}

function countByChannel(groups: readonly PlannedGroup[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { channel, recipients } of groups) counts.set(channel, (counts.get(channel) ?? 0) + recipients)
  return counts
}

/** The limits of a sending and of its channels, each with what went out under it so far. */
class Limits {
  readonly #rates: Pick<PlanSendingParams, 'rate' | 'channelRates'>
  readonly #windows = new Map<string | undefined, RateWindow>()

  constructor(rates: Pick<PlanSendingParams, 'rate' | 'channelRates'>) {
    this.#rates = rates
  }

  plan(byChannel: ReadonlyMap<string, number>, from: number) {
    const recipients = [...byChannel.values()].reduce((sum, count) => sum + count, 0)
    const { rate, channelRates } = this.#rates
    const all = this.#drain(undefined, { rate, count: recipients, from })
    const channels = [...byChannel].map(([channel, count]) =>
      this.#drain(channel, { rate: channelRates?.get(channel), count, from }),
    )
    const startsAt = Math.max(all.firstAt, Math.min(...channels.map(({ firstAt }) => firstAt)))
    const endsAt = Math.max(all.lastAt, ...channels.map(({ lastAt }) => lastAt))
    return { recipients, byChannel: Object.fromEntries(byChannel), startsAt, endsAt, durationMs: endsAt - startsAt }
  }

  /** `undefined` stands for the limit over all channels. */
  #drain(
    channel: string | undefined,
    { rate, count, from }: { readonly rate: Rate | undefined; readonly count: number; readonly from: number },
  ): Omit<Drained, 'window'> {
    if (rate === undefined) return { firstAt: from, lastAt: from }
    const drained = drain({ rate, window: this.#windows.get(channel) ?? [], count, from })
    this.#windows.set(channel, drained.window)
    return drained
  }
}
