import { parseInput } from '../domain/input.js'
import type { SendingInfo, SendingInput, SendingProgress } from '../model/sending.js'
import type { IdempotencyOptions } from './idempotency.js'
import type { CancelOptions, ResolveUncertainOptions } from './job.js'
import type { ItemsPage, ItemsQuery } from './job-queries.js'
import { resolveSchema } from './jobs.js'
import type { Pacer } from './pacer.js'
import type { WatchOptions } from './progress-hub.js'
import { type PruneOptions, type PrunePorts, type PruneResult, prune } from './pruning.js'
import { Sending } from './sending.js'
import type {
  DuplicateOptions,
  PickChampionOptions,
  RetrySendingOptions,
  SendingCommands,
  SendOptions,
} from './sending-commands.js'
import { type ForecastPorts, forecastSending, type PlanOptions, type SendingForecast } from './sending-forecast.js'
import type { SendingHub } from './sending-hub.js'
import { checkSendingOptions } from './sending-options.js'
import type { SendingPatch } from './sending-patch.js'
import { pruneSendings } from './sending-pruning.js'
import type { SendingQueries, SendingsPage, SendingsQuery } from './sending-queries.js'
import { type ExperimentResult, experimentResults } from './sending-results.js'
import {
  type PreviewOptions,
  previewSending,
  type SamplePorts,
  type SendingPreview,
  type TestOptions,
  type TestResult,
  testSending,
} from './sending-samples.js'

export interface SendingsPorts {
  readonly commands: SendingCommands
  readonly queries: SendingQueries
  readonly hub: SendingHub
  readonly samples: SamplePorts
  readonly forecast: ForecastPorts
  readonly pacer: Pacer
  readonly prune: PrunePorts
  /** Throws once the engine is closed. */
  readonly checkOpen: () => void
}

/** All sendings of a storage. Each method of a single one is there on its handle, {@link Sending}, too. */
export class Sendings {
  readonly #ports: SendingsPorts

  constructor(ports: SendingsPorts) {
    this.#ports = ports
  }

  /**
   * Defines a sending. Without a schedule, or with `draft: true`, it is a draft; otherwise it is scheduled, or goes at once.
   *
   * @throws BroadsideError `INVALID_INPUT` with the path of every bad field, and for one that is to go what {@link send} throws; nothing is stored then.
   */
  async create(input: SendingInput, options: IdempotencyOptions = {}): Promise<Sending> {
    checkSendingOptions('create', options)
    return new Sending(await this.#open.commands.create(input, options), this)
  }

  /** A sending that exists. @throws BroadsideError `SENDING_NOT_FOUND`. */
  async get(sendingId: string): Promise<Sending> {
    await this.#open.queries.load(sendingId)
    return new Sending(sendingId, this)
  }

  /** A page of sendings. */
  async list(query: SendingsQuery = {}): Promise<SendingsPage> {
    return this.#open.queries.list(query)
  }

  /**
   * Removes sendings that ended before `finishedBefore`, with their jobs and items, and idempotency keys that are not kept any longer. Works in
   * bounded steps; stopped at any moment, the next call goes on.
   */
  async prune(options: PruneOptions = {}): Promise<PruneResult> {
    const { commands, prune: ports } = this.#open
    await pruneSendings(options, { ...ports, deleteSending: (sendingId) => commands.delete(sendingId) })
    return prune(options.signal === undefined ? {} : { signal: options.signal }, ports)
  }

  async info(sendingId: string): Promise<SendingInfo> {
    return this.#open.queries.get(sendingId)
  }

  async update(sendingId: string, changes: SendingPatch, options: IdempotencyOptions = {}): Promise<SendingInfo> {
    checkSendingOptions('update', options)
    return this.#open.commands.update(sendingId, changes, options)
  }

  async send(sendingId: string, options: SendOptions = {}): Promise<SendingInfo> {
    checkSendingOptions('send', options)
    return this.#open.commands.send(sendingId, options)
  }

  async unschedule(sendingId: string, options: IdempotencyOptions = {}): Promise<SendingInfo> {
    checkSendingOptions('unschedule', options)
    return this.#open.commands.unschedule(sendingId, options)
  }

  async pause(sendingId: string, options: IdempotencyOptions = {}): Promise<SendingInfo> {
    checkSendingOptions('pause', options)
    return this.#open.commands.pause(sendingId, options)
  }

  async resume(sendingId: string, options: IdempotencyOptions = {}): Promise<SendingInfo> {
    checkSendingOptions('resume', options)
    return this.#open.commands.resume(sendingId, options)
  }

  async cancel(sendingId: string, options: CancelOptions = {}): Promise<SendingInfo> {
    checkSendingOptions('cancel', options)
    const { commands, hub } = this.#open
    const { wait = false, ...keyed } = options
    const info = await commands.cancel(sendingId, keyed)
    return wait ? hub.finished(sendingId) : info
  }

  async retryFailed(sendingId: string, options: RetrySendingOptions = {}): Promise<SendingInfo> {
    checkSendingOptions('retryFailed', options)
    return this.#open.commands.retryFailed(sendingId, options)
  }

  async resolveUncertain(sendingId: string, options: ResolveUncertainOptions): Promise<number> {
    return this.#open.commands.resolveUncertain(sendingId, parseInput(resolveSchema, options, 'The decision'))
  }

  async pickChampion(sendingId: string, options: PickChampionOptions): Promise<SendingInfo> {
    checkSendingOptions('pickChampion', options)
    return this.#open.commands.pickChampion(sendingId, options)
  }

  async duplicate(sendingId: string, options: DuplicateOptions = {}): Promise<Sending> {
    checkSendingOptions('duplicate', options)
    return new Sending(await this.#open.commands.duplicate(sendingId, options), this)
  }

  async delete(sendingId: string): Promise<void> {
    const { commands, prune: ports } = this.#open
    await commands.delete(sendingId)
    await prune({}, ports)
  }

  async items(sendingId: string, query: ItemsQuery = {}): Promise<ItemsPage> {
    return this.#open.queries.items(sendingId, query)
  }

  async codes(sendingId: string): Promise<Readonly<Record<string, number>>> {
    return this.#open.queries.codes(sendingId)
  }

  async results(sendingId: string): Promise<ExperimentResult[]> {
    const { queries, prune: ports, pacer } = this.#open
    return experimentResults(await queries.load(sendingId), { storage: ports.storage, pacer })
  }

  async preview(sendingId: string, options: PreviewOptions): Promise<SendingPreview> {
    const { queries, samples } = this.#open
    return previewSending(await queries.load(sendingId), options, samples)
  }

  async test(sendingId: string, options: TestOptions): Promise<TestResult[]> {
    const { queries, samples } = this.#open
    return testSending(await queries.load(sendingId), options, samples)
  }

  async plan(sendingId: string, options: PlanOptions = {}): Promise<SendingForecast> {
    checkSendingOptions('plan', options)
    const { queries, forecast } = this.#open
    return forecastSending(await queries.load(sendingId), options, forecast)
  }

  watch(sendingId: string, options: WatchOptions = {}): AsyncGenerator<SendingProgress, void, undefined> {
    return this.#open.hub.watch(sendingId, options)
  }

  async finished(sendingId: string, options: WatchOptions = {}): Promise<SendingInfo> {
    return this.#open.hub.finished(sendingId, options)
  }

  get #open(): SendingsPorts {
    this.#ports.checkOpen()
    return this.#ports
  }
}
