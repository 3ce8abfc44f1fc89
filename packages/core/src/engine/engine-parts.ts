import { parseInput } from '../domain/input.js'
import type { JobEvent } from '../domain/job-transitions.js'
import { BroadsideError } from '../model/error.js'
import type { JobRecord } from '../storage/job-record.js'
import type { Storage } from '../storage/storage.js'
import { ChangeFeed } from './change-feed.js'
import { systemClock } from './clock.js'
import { ConsentGate } from './consent-gate.js'
import { Dispatcher } from './dispatcher.js'
import { Events } from './events.js'
import { guardedStorage } from './guarded-storage.js'
import { Idempotency } from './idempotency.js'
import { randomIds } from './ids.js'
import { ingestPorts } from './ingest.js'
import { type CommandPorts, JobCommands } from './job-commands.js'
import { jobInfo } from './job-info.js'
import { JobQueries } from './job-queries.js'
import { Jobs } from './jobs.js'
import type { SettleReport } from './lease-ledger.js'
import { type BroadsideOptions, checkOptions, type ResolvedTuning, tuningSchema } from './options.js'
import { Pacer } from './pacer.js'
import { ProgressHub } from './progress-hub.js'
import { ProviderGate } from './provider-gate.js'
import { ProviderRegistry } from './provider-registry.js'
import { Reaper } from './reaper.js'
import { SendWatch } from './send-watch.js'
import { tellSending } from './sending-events.js'
import { SendingHub } from './sending-hub.js'
import type { SendingKeeper } from './sending-keeper.js'
import { sendingParts } from './sending-parts.js'
import type { Sendings } from './sendings.js'
import { tellSettled } from './settle-events.js'
import { SharedClock } from './shared-clock.js'
import { StorageHealth } from './storage-health.js'
import { tellTransition } from './transition-events.js'

/** While entries are read, the batch before them is being stored: its conversation with a database is not to wait for long. */
const INGEST_SLICE_MS = 1

/** The parts of an engine, each made once and handed to those that need it. The one place where they meet. */
export class EngineParts {
  readonly storage: Storage
  readonly clock: SharedClock
  readonly events = new Events()
  readonly providers: ProviderRegistry
  readonly tuning: ResolvedTuning
  readonly hub: ProgressHub
  readonly commandPorts: CommandPorts
  readonly jobs: Jobs
  readonly sendings: Sendings
  readonly sendingHub: SendingHub
  /** Absent in an engine that only writes, and where the storage keeps no sendings. */
  readonly keeper: SendingKeeper | undefined
  /** Absent in an engine that only writes. */
  readonly dispatcher: Dispatcher | undefined
  readonly #commands: JobCommands
  readonly #pacer: Pacer

  /** @throws BroadsideError `INVALID_INPUT`. */
  constructor(options: BroadsideOptions, checkOpen: () => void) {
    const { ids = randomIds, dispatch = true } = options
    checkOptions(options)
    this.tuning = parseInput(tuningSchema, options.tuning ?? {}, 'tuning')
    this.providers = new ProviderRegistry(options.providers ?? [])
    this.storage = guardedStorage(options.storage)
    this.clock = new SharedClock(options.clock ?? systemClock, this.storage)
    const { clock } = this
    this.#pacer = new Pacer(clock)
    const { storage, events, tuning } = this
    const token = (): string => ids.token()
    const idempotency = new Idempotency({
      storage,
      clock,
      token,
      leaseMs: tuning.leaseMs,
      keepMs: tuning.idempotencyKeepMs,
    })
    const { renderer, contentSource } = options
    const intervalMs = tuning.progressIntervalMs
    const feed = new ChangeFeed(clock, this.#pollMs)
    this.hub = new ProgressHub({ storage, clock, events, intervalMs, feed })
    this.sendingHub = new SendingHub({ storage, intervalMs, feed })
    this.commandPorts = {
      storage,
      clock,
      ids,
      idempotency,
      preparation: { providers: this.providers, renderer, contentSource, dispatch },
      listener: {
        created: (jobId) => events.emit('job:created', { jobId }),
        changed: (event, job, completed) => this.announce(event, job, completed),
      },
    }
    this.#commands = new JobCommands(this.commandPorts)
    const queries = new JobQueries(storage)
    const prune = {
      storage,
      clock,
      pacer: this.#pacer,
      onDeleted: (job: JobRecord) => this.announce('delete', job, false),
    }
    this.jobs = new Jobs({
      commands: this.#commands,
      queries,
      hub: this.hub,
      ingest: { storage, clock, pacer: new Pacer(clock, INGEST_SLICE_MS), idempotency, ingest: ingestPorts(ids) },
      prune,
      checkOpen,
    })
    const { sendings, keeper } = sendingParts({
      ...this.commandPorts,
      options,
      events,
      pacer: this.#pacer,
      tuning,
      queries,
      hub: this.sendingHub,
      prune,
      pollMs: this.#pollMs,
      checkOpen,
      wake: () => this.#wakeSendings(),
    })
    this.sendings = sendings
    this.keeper = keeper
    if (dispatch && this.providers.all.length > 0) this.dispatcher = this.#dispatcherOf(options)
  }

  #wakeSendings(): void {
    this.keeper?.changed()
    this.dispatcher?.wake()
  }

  /** Tells everybody of a transition that this engine has made. */
  announce(event: JobEvent | 'delete', job: JobRecord, completed: boolean): void {
    tellTransition({ event, job, completed }, this.events)
    if (event === 'pause') this.dispatcher?.halt(job.id, 'paused')
    else if (job.closedAs !== undefined) this.dispatcher?.halt(job.id, 'closed')
    else this.dispatcher?.wake()
    this.hub.changed(job.id, true)
  }

  /** Other processes may change what is stored: look now and then, since their hints may get lost. */
  get #pollMs(): number | undefined {
    const { shared, durable } = this.storage.capabilities
    return shared && durable ? this.tuning.pollMs : undefined
  }

  #dispatcherOf(options: BroadsideOptions): Dispatcher {
    const { renderer, ids = randomIds, random = Math.random, rewriteLinks, consent, transactionalSms = true } = options
    const asksConsent = consent !== undefined || !transactionalSms
    const watch = new SendWatch(this.clock, this.tuning.sendTimeoutMs)
    const { storage, clock, events, providers, tuning } = this
    const { leaseMs, settleDelayMs, maxClaim, maxInFlight } = tuning
    const gates = new Map(
      providers.all.map((provider) => [provider.name, new ProviderGate(provider, { clock, events })]),
    )
    return new Dispatcher({
      storage,
      clock,
      pacer: this.#pacer,
      providers,
      renderer,
      random,
      reaper: new Reaper({
        storage,
        clock,
        providers,
        random,
        leaseMs,
        onReaped: ({ jobId, started, unstarted, completed }) => {
          events.emit('lease:recovered', { jobId, started, unstarted })
          this.#progressed(jobId, { isFinal: true, completed })
        },
      }),
      token: () => ids.token(),
      health: new StorageHealth({ clock, events, leaseMs }),
      watch,
      gateOf: (name) => gateNamed(gates, name),
      leaseMs,
      settleDelayMs,
      settleSize: maxClaim,
      maxClaim,
      maxInFlight,
      pollMs: this.#pollMs,
      beforePass: () => clock.refresh(),
      onSettled: (report) => this.#settled(report),
      onGivenBack: ({ jobId, control }) => this.hub.changed(jobId, control.closedAs !== undefined),
      onUnfit: (report) => events.emit('job:unfit', report),
      onLeaseLost: (report) => events.emit('lease:lost', report),
      keeper: this.keeper,
      rewriteLinks,
      consent: asksConsent ? new ConsentGate({ hook: consent, transactionalSms, watch }) : undefined,
      onImpossible: async (job, error) => {
        if (job.ownerId !== undefined) await this.keeper?.impossible(job, error)
        else if (await this.#commands.fail(job)) events.emit('job:failed', { jobId: job.id, error })
      },
    })
  }

  #settled(report: SettleReport): void {
    tellSettled(report, this.events)
    const { completed, control } = report.result
    this.#progressed(report.jobId, { isFinal: completed || control.closedAs !== undefined, completed })
  }

  #progressed(jobId: string, { isFinal, completed }: { readonly isFinal: boolean; readonly completed: boolean }): void {
    this.hub.changed(jobId, isFinal)
    if (completed) void this.#tellCompleted(jobId)
  }

  async #tellCompleted(jobId: string): Promise<void> {
    const job = await this.storage.getJob(jobId).catch(() => undefined)
    if (job === undefined) return
    this.events.emit('job:completed', { jobId, job: jobInfo(job) })
    if (job.ownerId !== undefined) await this.#tellTransmitted(job.ownerId, job)
  }

  /** The settle that was the last of a job was the last of its sending too, unless that is not transmitting yet. */
  async #tellTransmitted(sendingId: string, { counters }: JobRecord): Promise<void> {
    const sending = await this.storage.sendings?.getSending(sendingId).catch(() => undefined)
    if (sending?.status === 'transmitted') tellSending('lastItemSettled', { sending, counters }, this.events)
    this.sendingHub.changed(sendingId)
    this.#wakeSendings()
  }
}

function gateNamed(gates: ReadonlyMap<string, ProviderGate>, name: string): ProviderGate {
  const gate = gates.get(name)
  if (gate === undefined) throw new BroadsideError('TRANSPORT_NOT_FOUND', `No provider is named ${name}.`)
  return gate
}
