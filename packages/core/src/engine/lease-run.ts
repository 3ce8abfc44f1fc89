import type { SendOutcome } from '../channel/outcome.js'
import type { OutgoingMessage } from '../channel/provider.js'
import { decideOutcome } from '../domain/outcome-decision.js'
import { outcomeOfThrow, readOutcome } from '../domain/send-outcome.js'
import { parseTrail } from '../domain/trail.js'
import { ITEM_CODES } from '../model/item.js'
import type { ClaimedItem } from '../storage/item-record.js'
import type { Claim } from '../storage/lease.js'
import type { Settlement } from '../storage/settlement.js'
import type { Clock } from './clock.js'
import { type ConsentGate, deniedSettlement, type Objection } from './consent-gate.js'
import { type RoutedItem, routeItem } from './item-routing.js'
import type { JobMessage } from './job-message.js'
import type { JobPace } from './job-pace.js'
import { LeaseLedger, type LedgerPorts } from './lease-ledger.js'
import type { Pacer } from './pacer.js'
import { callProvider } from './provider-call.js'
import type { ProviderGate } from './provider-gate.js'
import type { ProviderRegistry } from './provider-registry.js'
import type { RateGate } from './rate-gate.js'
import type { SendWatch } from './send-watch.js'
import { Sleepers } from './sleepers.js'
import type { StopReason } from './stop-reason.js'
import { WorkList } from './work-list.js'

export interface LeaseRunPorts extends LedgerPorts {
  readonly clock: Clock
  readonly pacer: Pacer
  readonly watch: SendWatch
  readonly providers: ProviderRegistry
  readonly gateOf: (name: string) => ProviderGate
  readonly random: () => number
  /** Absent where nobody has to be asked. */
  readonly consent?: ConsentGate | undefined
}

export interface LeaseRunParams {
  readonly claim: Claim
  readonly leaseUntil: number
  readonly message: JobMessage
  readonly pace: JobPace
  /** The job's own limit, shared by all its leases in this process. */
  readonly rate: RateGate | undefined
}

interface Lane {
  readonly gate: ProviderGate
  readonly work: WorkList<RoutedItem>
  /** All that limit it, at once. */
  readonly rates: readonly RateGate[]
}

/** Sends the items of one lease: chooses a way for each, sends them through their providers in lanes, and keeps the lease's books. */
export class LeaseRun {
  readonly #params: LeaseRunParams
  readonly #ports: LeaseRunPorts
  readonly #ledger: LeaseLedger
  readonly #abort = new AbortController()
  /** As its signal says; asked several times an item, where the signal is slow. */
  #isStopped = false
  readonly #sleepers: Sleepers
  /** After a crash, its suspects go one by one, each marked durably: so the one that kills its process is found out. */
  readonly #isSerial: boolean
  /** Providers that this lease goes through. */
  #gates = 0

  constructor(params: LeaseRunParams, ports: LeaseRunPorts) {
    this.#params = params
    this.#ports = ports
    this.#sleepers = new Sleepers(ports.clock)
    this.#isSerial = params.claim.items.some((item) => parseTrail(item.trail).crashes > 0)
    const { claim, leaseUntil, pace } = params
    const isHeld = params.message.job.definition.onUncertain === 'hold'
    const startAhead = (): number => (this.#isSerial ? 0 : isHeld ? pace.leastAhead : pace.startAhead)
    this.#ledger = new LeaseLedger({ claim, leaseUntil, startAhead, onStop: (reason) => this.stop(reason) }, ports)
  }

  get jobId(): string {
    return this.#params.claim.jobId
  }

  get size(): number {
    return this.#params.claim.items.length
  }

  /** Starts nothing more; what is with a provider is finished. */
  stop(reason: StopReason): void {
    if (this.#isStopped) return
    this.#isStopped = true
    this.#abort.abort(reason)
    this.#sleepers.wakeAll()
    this.#ledger.release()
  }

  /** Puts the end of the lease off if it has come. */
  keep(): Promise<void> {
    return this.#ledger.keep()
  }

  /** Stops insisting on a storage that does not answer. The lease then runs out by itself. */
  abandon(): void {
    this.stop('shutdown')
    this.#ledger.abandon()
  }

  /** Resolves when every item of the lease is settled or given back. */
  async run(): Promise<void> {
    const since = this.#ports.clock.elapsed()
    const byGate = await this.#routeAll()
    this.#gates = byGate.size
    await Promise.all([...byGate].flatMap(([gate, routed]) => this.#startLanes(gate, routed)))
    const settled = await this.#ledger.finish(this.#givenBackUntil(byGate.keys()))
    if (!this.#isStopped) this.#params.pace.observe(settled, this.#ports.clock.elapsed() - since)
  }

  async #routeAll(): Promise<Map<ProviderGate, RoutedItem[]>> {
    const { claim } = this.#params
    const byGate = new Map<ProviderGate, RoutedItem[]>()
    for (const item of claim.items) {
      const routed = this.#route(item)
      if (routed === undefined) continue
      const gate = this.#ports.gateOf(routed.provider.name)
      const list = byGate.get(gate)
      if (list === undefined) byGate.set(gate, [routed])
      else list.push(routed)
      if (this.#ports.pacer.isDue) await this.#ports.pacer.breathe()
    }
    return byGate
  }

  #route(item: ClaimedItem): RoutedItem | undefined {
    try {
      const routed = routeItem(item, this.#params.message.job, this.#ports.providers)
      if (routed === undefined) this.#ledger.record(skipped(item), item)
      return routed
    } catch (error) {
      // A provider's own addressOf threw.
      this.#ledger.record(renderFailed(item, error), item)
      return undefined
    }
  }

  #startLanes(gate: ProviderGate, routed: readonly RoutedItem[]): Promise<void>[] {
    const work = new WorkList(routed)
    const lanes = this.#isSerial ? 1 : Math.min(gate.concurrency, Math.ceil(routed.length / gate.batchSize))
    const rates = [gate.rate, this.#params.rate].filter((rate) => rate !== undefined)
    const lane = { gate, work, rates }
    // A lane that may have to wait for permits holds no place at the provider meanwhile: it queues for each call.
    return Array.from({ length: lanes }, () =>
      rates.length === 0 ? this.#queued(gate, () => this.#lane(lane)) : this.#lane(lane),
    )
  }

  #queued(gate: ProviderGate, work: () => Promise<void>): Promise<void> {
    return gate.queue.add(work, { priority: this.#params.message.job.definition.priority })
  }

  async #lane({ gate, work, rates }: Lane): Promise<void> {
    const { pacer } = this.#ports
    while (!this.#isStopped && !gate.isBlocked) {
      const granted = rates.length === 0 ? this.#groupSize(gate) : await this.#permits(gate, { work, rates })
      const group = this.#isStopped ? [] : work.take(granted)
      const last = group.at(-1)
      if (last === undefined) return
      if (!this.#ledger.take(group.map(({ item }) => item.seq))) await this.#ledger.start(last.item.seq)
      // What is not started now stays with the lease and is given back at its end.
      if (this.#isStopped || gate.isBlocked) break
      if (rates.length === 0) await this.#sendGroup(gate, group)
      else await this.#queued(gate, () => this.#sendGroup(gate, group))
      if (pacer.isDue) await pacer.breathe()
    }
    if (gate.isBlocked && !this.#isStopped) this.#deferRest(gate, work)
  }

  /**
   * Of several providers in one lease, one takes nothing: its items are put off, each for itself, so that the others need not wait for
   * them. With one provider the rest goes back as it is, unwritten.
   */
  #deferRest(gate: ProviderGate, work: WorkList<RoutedItem>): void {
    if (this.#gates < 2) return
    const outcome: SendOutcome = { type: 'retryable', scope: 'provider' }
    for (const routed of work.take(work.size)) this.#ledger.record(this.#decide(gate, routed, outcome), routed.item)
  }

  #groupSize(gate: ProviderGate): number {
    return this.#isSerial ? 1 : gate.batchSize
  }

  /** Waits for permission to send, and takes it: for a batch, or for as much of it as is free now. None when there is nothing left to send. */
  async #permits(gate: ProviderGate, { work, rates }: Pick<Lane, 'work' | 'rates'>): Promise<number> {
    const { clock } = this.#ports
    const freeInMs = (): number => Math.max(...rates.map((rate) => rate.freeAt())) - clock.elapsed()
    while (freeInMs() > 0 && work.size > 0 && !this.#isStopped) await this.#sleepers.sleep(freeInMs())
    const wanted = this.#isStopped ? 0 : Math.min(this.#groupSize(gate), work.size)
    let granted = 0
    while (granted < wanted && freeInMs() <= 0) {
      for (const rate of rates) rate.take(clock.elapsed())
      granted += 1
    }
    return granted
  }

  async #sendGroup(gate: ProviderGate, group: readonly RoutedItem[]): Promise<void> {
    const ready: RoutedItem[] = []
    const messages: OutgoingMessage[] = []
    const { consent } = this.#ports
    for (const routed of consent === undefined ? group : await this.#allowed(gate, group, consent)) {
      try {
        const message = this.#params.message.compose(routed)
        messages.push(message instanceof Promise ? await this.#inTime(message) : message)
        ready.push(routed)
      } catch (error) {
        this.#ledger.record(renderFailed(routed.item, error), routed.item)
      }
      if (this.#ports.pacer.isDue) await this.#ports.pacer.breathe()
    }
    if (messages.length === 0) return
    // It may have waited, for its turn at the provider or at the renderer, and the lease or the job may have ended meanwhile.
    await this.#ledger.start(ready.at(-1)?.item.seq ?? -1)
    if (this.#isStopped || gate.isBlocked) return
    const outcomes = await callProvider(
      { provider: gate.provider, messages, signal: this.#abort.signal },
      this.#ports.watch,
    )
    for (const outcome of outcomes) gate.observe(outcome)
    ready.forEach((routed, i) => {
      this.#ledger.record(this.#decide(gate, routed, outcomes[i] ?? readOutcome(undefined)), routed.item)
    })
  }

  /** Those of a group that may be sent to. */
  async #allowed(
    gate: ProviderGate,
    group: readonly RoutedItem[],
    consent: ConsentGate,
  ): Promise<readonly RoutedItem[]> {
    const objections = await Promise.all(group.map((routed) => consent.ask(routed, this.#params.message.job)))
    return group.filter((routed, i) => {
      const objection = objections[i]
      if (objection !== undefined) this.#ledger.record(this.#objected(gate, { routed, objection }), routed.item)
      return objection === undefined
    })
  }

  #objected(gate: ProviderGate, { routed, objection }: { routed: RoutedItem; objection: Objection }): Settlement {
    if (objection.type === 'denied') return deniedSettlement(routed, { ...objection, now: this.#ports.clock.now() })
    return this.#decide(gate, routed, { type: 'retryable', code: 'CONSENT_FAILED', reason: objection.reason })
  }

  /** A renderer that never answers must not hold its lane for ever. */
  async #inTime(rendering: Promise<OutgoingMessage>): Promise<OutgoingMessage> {
    const message = await this.#ports.watch.watch<OutgoingMessage | undefined>(rendering, () => undefined)
    if (message === undefined) throw new Error('the renderer gave no answer in time')
    return message
  }

  #decide(gate: ProviderGate, { item, trail, provider, hasFallback }: RoutedItem, outcome: SendOutcome): Settlement {
    const { retry, onUncertain } = this.#params.message.job.definition
    return decideOutcome(outcome, {
      seq: item.seq,
      attempts: item.attempts,
      trail,
      channel: provider.channel,
      hasFallback,
      policy: retry,
      onUncertain,
      now: this.#ports.clock.now(),
      random: this.#ports.random(),
      providerBlockedUntil: gate.isBlocked ? gate.blockedUntil : undefined,
    })
  }

  /** What a blocked provider could not take is not claimable before it is asked again. */
  #givenBackUntil(gates: Iterable<ProviderGate>): number | undefined {
    const blocked = [...gates].filter((gate) => gate.isBlocked).map((gate) => gate.blockedUntil)
    return blocked.length === 0 ? undefined : Math.min(...blocked)
  }
}

function skipped(item: ClaimedItem): Settlement {
  return {
    seq: item.seq,
    to: 'skipped',
    attempts: item.attempts,
    code: ITEM_CODES.noAddress,
    reason: 'no channel of the job has an address for this recipient',
  }
}

function renderFailed(item: ClaimedItem, error: unknown): Settlement {
  const { reason } = outcomeOfThrow(error) as { reason?: string }
  return { seq: item.seq, to: 'error', attempts: item.attempts, code: ITEM_CODES.renderFailed, reason }
}
