/** A small run that never was: made by the rules that real runs go by, so that its evidence is without fault until a test puts one in. */
import { type Counters, ITEM_STATUSES, ZERO_COUNTERS } from '@broadside/core'
import type { Call, ProcessLog } from '../evidence/process-log.js'
import type { Answer, Ask } from '../evidence/record.js'
import { runsOf } from '../evidence/runs.js'
import type { JobPlan } from '../plan.js'
import { type Chance, chance } from '../random.js'
import type { Handover } from '../receiver/ledger.js'
import { fateOf, recipientsOf } from '../recipients.js'
import type { Evidence, Interruption, StoredItem, StoredJob } from './evidence.js'
import { CAUSES, type Cause } from './explain-delivery.js'

export const LEASE_MS = 3_000

interface Lease {
  readonly jobId: string
  readonly token: string
  readonly boot: string
  readonly seqs: readonly number[]
  readonly endsAt: number
  startedThrough: number
}

export class World {
  readonly plans: readonly JobPlan[]
  readonly #chance: Chance
  readonly #handovers: Handover[] = []
  readonly #processes = new Map<string, Call[]>()
  readonly #interruptions: Interruption[] = []
  readonly #jobs: StoredJob[] = []
  #now = 10_000
  #leases = 0
  /** How often each cause lies behind a delivery that was followed by another. */
  readonly duplicates = new Set<string>()

  constructor(seed: number) {
    this.#chance = chance(seed)
    this.plans = [this.#planOf('letters', 'resend'), this.#planOf('held', 'hold')]
    for (const plan of this.plans) this.#jobs.push(this.#live(plan))
  }

  get evidence(): Evidence {
    const processes = [...this.#processes].map(
      ([boot, calls]): ProcessLog => ({ boot, pid: 1, channels: ['email'], calls }),
    )
    const { plans } = this
    return { plans, jobs: this.#jobs, handovers: this.#handovers, processes, interruptions: this.#interruptions }
  }

  #planOf(name: string, onUncertain: JobPlan['onUncertain']): JobPlan {
    const { between } = this.#chance
    const counts = { wanted: between(1, 12), refused: between(0, 2), repeated: between(0, 2) }
    return { name, channel: 'email', onUncertain, priority: 5, ...counts }
  }

  #live(plan: JobPlan): StoredJob {
    const jobId = `job-${plan.name}`
    const items = [...recipientsOf(plan)].map(
      (recipient, seq): StoredItem => ({ seq, recipient, messageId: `${plan.name}-${seq}`, status: 'pending' }),
    )
    for (let open = items; open.length > 0; open = items.filter(({ status }) => status === 'pending')) {
      const isHarmed = this.#chance.next() < 0.6
      this.#round({ plan, jobId, items, open, cause: isHarmed ? this.#chance.pick(CAUSES) : undefined })
    }
    const counters = countersOf(items)
    const ingestErrors: Record<string, number> = plan.repeated > 0 ? { DUPLICATE_USER: plan.repeated } : {}
    const info = { id: jobId, name: plan.name, status: 'completed', counters, inFlight: 0, ingestErrors } as const
    const codes: Record<string, number> = {}
    for (const { code } of items) if (code !== undefined) codes[code] = (codes[code] ?? 0) + 1
    return { info, items, codes }
  }

  /** One lease: some of its items start, some of those go out, some of those are settled; then it is harmed, or settles the rest. */
  #round({ plan, jobId, items, open, cause }: Round): void {
    const { between } = this.#chance
    const size = between(1, open.length)
    const lease = this.#claim(
      jobId,
      open.slice(0, size).map(({ seq }) => seq),
    )
    const started = cause === undefined ? size : between(0, size)
    lease.startedThrough = lease.seqs[started - 1] ?? -1
    this.#call(lease, { op: 'extend', jobId, token: lease.token, leaseUntil: lease.endsAt }, (at) => ({
      endedAt: at,
      answer: { op: 'extend', held: true, startedThrough: lease.startedThrough },
    }))
    const sent = cause === undefined ? size : between(0, started)
    const settled = cause === undefined ? size : between(0, sent)
    for (const seq of lease.seqs.slice(0, sent)) this.#send(plan, lease, items[seq])
    this.#settle(lease, lease.seqs.slice(0, settled), items)
    if (cause === undefined) return
    this.#harm(cause, lease)
    this.#now = Math.max(this.#now, lease.endsAt + 400)
    if (plan.onUncertain === 'resend') return
    for (const seq of lease.seqs.slice(settled, started))
      set(items, seq, { status: 'uncertain', code: 'OUTCOME_UNKNOWN' })
  }

  #claim(jobId: string, seqs: readonly number[]): Lease {
    const number = ++this.#leases
    const at = this.#pass(this.#chance.between(1, 50))
    const lease = {
      jobId,
      token: `lease-${number}`,
      boot: `worker-${number}`,
      seqs,
      endsAt: at + LEASE_MS,
      startedThrough: -1,
    }
    this.#call(lease, { op: 'claim', jobId, token: lease.token, leaseUntil: lease.endsAt }, (endedAt) => ({
      endedAt,
      answer: { op: 'claim', seqs: runsOf(seqs), startedThrough: -1 },
    }))
    return lease
  }

  #send(plan: JobPlan, { jobId, token, boot, startedThrough }: Lease, item: StoredItem | undefined): void {
    if (item === undefined) return
    const { messageId, recipient } = item
    const outcome = fateOf(recipient) === 'refused' ? 'refused' : 'taken'
    const isAgain = this.#handovers.some(({ messages }) => messages.some((one) => one.messageId === messageId))
    if (isAgain && outcome === 'taken' && plan.onUncertain === 'resend') this.duplicates.add(messageId)
    const at = this.#pass(1)
    this.#handovers.push({
      boot,
      jobId,
      token,
      startedThrough,
      isOver: false,
      messages: [{ messageId, recipient }],
      at,
      outcomes: [outcome],
    })
  }

  #settle(lease: Lease, seqs: readonly number[], items: StoredItem[]): void {
    for (const seq of seqs) {
      const isRefused = fateOf(items[seq]?.recipient ?? '') === 'refused'
      set(items, seq, isRefused ? { status: 'error', code: 'REFUSED' } : { status: 'enqueued' })
    }
    const outcomes = (['enqueued', 'error'] as const)
      .map((to) => ({ to, answer: 'applied', seqs: runsOf(seqs.filter((seq) => items[seq]?.status === to)) }) as const)
      .filter((outcome) => outcome.seqs !== '')
    const { jobId, token } = lease
    const held = seqs.length < lease.seqs.length
    this.#call(lease, { op: 'settle', jobId, token, seqs: runsOf(seqs) }, (endedAt) => ({
      endedAt,
      answer: { op: 'settle', held, completed: false, outcomes },
    }))
  }

  #harm(cause: Cause, { boot, jobId, token, endsAt, seqs }: Lease): void {
    const at = this.#pass(this.#chance.between(1, 500))
    const until = endsAt + 300
    const ask: Ask = { op: 'settle', jobId, token, seqs: runsOf(seqs) }
    const calls = this.#processes.get(boot)
    if (cause === 'killed') this.#interruptions.push({ type: 'kill', boot, at })
    else if (cause === 'frozen') this.#interruptions.push({ type: 'freeze', boot, at, until })
    else if (cause === 'held-up') this.#interruptions.push({ type: 'freeze', boot: 'another', at, until })
    else if (cause === 'restarted')
      this.#interruptions.push({ type: 'restart', signal: 'SIGKILL', at, until: at + 500 })
    else this.#interruptions.push({ type: 'terminate', boot, at, connections: 1 })
    if (cause !== 'killed' && cause !== 'frozen') calls?.push({ askedAt: at + 1, ask, endedAt: until })
  }

  /** Time goes by; returns the instant. */
  #pass(byMs: number): number {
    this.#now += byMs
    return this.#now
  }

  #call({ boot }: Lease, ask: Ask, end: (at: number) => { readonly endedAt: number; readonly answer: Answer }): void {
    const calls = this.#processes.get(boot) ?? []
    this.#processes.set(boot, calls)
    const askedAt = this.#pass(1)
    calls.push({ askedAt, ask, ...end(this.#pass(1)) })
  }
}

interface Round {
  readonly plan: JobPlan
  readonly jobId: string
  readonly items: StoredItem[]
  readonly open: readonly StoredItem[]
  readonly cause: Cause | undefined
}

function set(items: StoredItem[], seq: number, change: Pick<StoredItem, 'status' | 'code'>): void {
  const item = items[seq]
  if (item !== undefined) items[seq] = { ...item, ...change }
}

export function countersOf(items: readonly StoredItem[]): Counters {
  const entries = ITEM_STATUSES.map((status) => [status, items.filter((item) => item.status === status).length])
  return { ...ZERO_COUNTERS, ...Object.fromEntries(entries), received: items.length }
}
