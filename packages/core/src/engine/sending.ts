import type { SendingInfo, SendingProgress } from '../model/sending.js'
import type { IdempotencyOptions } from './idempotency.js'
import type { CancelOptions, ResolveUncertainOptions } from './job.js'
import type { ItemsPage, ItemsQuery } from './job-queries.js'
import type { WatchOptions } from './progress-hub.js'
import type { DuplicateOptions, PickChampionOptions, RetrySendingOptions, SendOptions } from './sending-commands.js'
import type { PlanOptions, SendingForecast } from './sending-forecast.js'
import type { SendingPatch } from './sending-patch.js'
import type { ExperimentResult } from './sending-results.js'
import type { PreviewOptions, SendingPreview, TestOptions, TestResult } from './sending-samples.js'
import type { Sendings } from './sendings.js'

/**
 * One sending. Holds its id and nothing else: every call asks the storage, so two handles of one sending, in two processes, are as good as one.
 *
 * Every method rejects with `SENDING_NOT_FOUND` when the sending is gone, and those that change something with `INVALID_TRANSITION` when its status
 * forbids that; the error says what to do instead.
 */
export class Sending {
  readonly id: string
  readonly #sendings: Sendings

  constructor(id: string, sendings: Sendings) {
    this.id = id
    this.#sendings = sendings
  }

  /** How the sending stands. */
  info(): Promise<SendingInfo> {
    return this.#sendings.info(this.id)
  }

  /** Changes a draft: fields that are given replace the stored ones, `null` takes one away, `recipients: []` clears them. */
  update(changes: SendingPatch, options: IdempotencyOptions = {}): Promise<SendingInfo> {
    return this.#sendings.update(this.id, changes, options)
  }

  /**
   * Schedules a draft by its schedule, or the one given; without any it goes at once. Resolves once that is stored.
   *
   * @throws BroadsideError for what is missing: `INVALID_INPUT` (no audience or recipients), `SCHEDULE_IN_PAST`, `DEADLINE_UNREACHABLE`,
   * `AUDIENCE_SOURCE_MISSING`, `CHANNEL_NOT_AVAILABLE`, `TRANSPORT_NOT_FOUND`, `TEMPLATE_INVALID`, `RENDERER_MISSING`, `PREFLIGHT_MISSING`,
   * `PREFLIGHT_FAILED`, `CHAMPION_UNDECIDABLE`. It stays a draft then.
   */
  send(options: SendOptions = {}): Promise<SendingInfo> {
    return this.#sendings.send(this.id, options)
  }

  /** Back to a draft, as long as nothing of it is under way. */
  unschedule(options: IdempotencyOptions = {}): Promise<SendingInfo> {
    return this.#sendings.unschedule(this.id, options)
  }

  /** Nothing new goes out from now on; what is in flight finishes and is recorded. */
  pause(options: IdempotencyOptions = {}): Promise<SendingInfo> {
    return this.#sendings.pause(this.id, options)
  }

  /** Goes on where it was. With `onResume: 'reresolve'`, after its audience has been read again and newcomers have been added. */
  resume(options: IdempotencyOptions = {}): Promise<SendingInfo> {
    return this.#sendings.resume(this.id, options)
  }

  /** Ends the sending: what has not gone out does not. Costs the same for ten recipients and for a million. */
  cancel(options: CancelOptions = {}): Promise<SendingInfo> {
    return this.#sendings.cancel(this.id, options)
  }

  /** Takes the failed items of a transmitted sending up again: attempts start over, `messageId` stays. */
  retryFailed(options: RetrySendingOptions = {}): Promise<SendingInfo> {
    return this.#sendings.retryFailed(this.id, options)
  }

  /** Settles items that are `uncertain`. Others among `seqs` are left alone. Resolves with how many changed. */
  resolveUncertain(options: ResolveUncertainOptions): Promise<number> {
    return this.#sendings.resolveUncertain(this.id, options)
  }

  /** Picks the variant that goes to all who did not test it. Once every experiment has its champion, the rest goes out. */
  pickChampion(options: PickChampionOptions): Promise<SendingInfo> {
    return this.#sendings.pickChampion(this.id, options)
  }

  /** A draft like it; of an ended one also for those only who did not get it. */
  duplicate(options: DuplicateOptions = {}): Promise<Sending> {
    return this.#sendings.duplicate(this.id, options)
  }

  /** Removes a draft, or a sending that has ended, with its items. */
  delete(): Promise<void> {
    return this.#sendings.delete(this.id)
  }

  /** A page of its items, wave by wave, in the order in which they were built. Stable while they go out. */
  items(query: ItemsQuery = {}): Promise<ItemsPage> {
    return this.#sendings.items(this.id, query)
  }

  /** How many items carry each code. */
  codes(): Promise<Readonly<Record<string, number>>> {
    return this.#sendings.codes(this.id)
  }

  /** How the items of each variant stand. Looks at every item with `split`, at those of the test group with `split-with-champion`. */
  results(): Promise<ExperimentResult[]> {
    return this.#sendings.results(this.id)
  }

  /** The message as one recipient would get it; nothing is sent. In any status. */
  preview(options: PreviewOptions): Promise<SendingPreview> {
    return this.#sendings.preview(this.id, options)
  }

  /** Sends the message to a few at once, outside of its items and counters. In any status. */
  test(options: TestOptions): Promise<TestResult[]> {
    return this.#sendings.test(this.id, options)
  }

  /** A dry run: how many would get it when and on which channel, how long that takes at the limits, and whether it meets its deadline. */
  plan(options: PlanOptions = {}): Promise<SendingForecast> {
    return this.#sendings.plan(this.id, options)
  }

  /** `for await (const progress of sending.watch())`: how it stands, now and whenever that has changed, until it has ended. */
  watch(options: WatchOptions = {}): AsyncGenerator<SendingProgress, void, undefined> {
    return this.#sendings.watch(this.id, options)
  }

  /** Resolves when the sending has ended and nothing of it is in flight any more. */
  finished(options: WatchOptions = {}): Promise<SendingInfo> {
    return this.#sendings.finished(this.id, options)
  }
}
