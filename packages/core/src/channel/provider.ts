import type { VariantChoice } from '../domain/variant-assignment.js'
import type { AddressBook } from '../model/user.js'
import type { SendOutcome } from './outcome.js'

/** A message ready to go: rendered, addressed, with the job's overrides merged in. */
export interface OutgoingMessage {
  /** The same on every attempt of an item: use it as idempotency key. */
  readonly messageId: string
  readonly jobId: string
  /** The sending that the job belongs to, if to one. */
  readonly sendingId?: string | undefined
  readonly recipient: string
  readonly channel: string
  /** The address on this channel, as it was ingested and trimmed. */
  readonly address: string
  /** Rendered content: `subject`, `text`, `html`, `title`, `body`, and whatever else the message has. */
  readonly content: Readonly<Record<string, unknown>>
  /** Set when a provider with `hostedTemplates` is to render by itself. */
  readonly reference?: TemplateReference | undefined
  /** Whether the links are to be tracked; as its sending says, absent without one. */
  readonly trackLinks?: boolean | undefined
  /** The variants that the recipient gets, one of each experiment of its sending. */
  readonly variants?: readonly VariantChoice[] | undefined
  /** Which attempt of the item this is, counted from 1. */
  readonly attempt: number
}

/** What a provider that renders by itself needs. */
export interface TemplateReference {
  readonly event?: string | undefined
  readonly template?: string | undefined
  readonly brand?: string | undefined
  readonly locale?: string | undefined
  readonly data: Readonly<Record<string, unknown>>
}

export interface SendContext {
  /**
   * Aborted when the lease is lost, the job is paused or cancelled, or the engine shuts down: begin nothing more. A message already
   * handed over is best finished: the outcome returned is what counts.
   */
  readonly signal: AbortSignal
}

/** What a provider can take. */
export interface ProviderLimits {
  /** Calls under way at once. Default 10. */
  readonly concurrency?: number | undefined
  /** Messages of one `sendBatch`. Default 100. */
  readonly batchSize?: number | undefined
  /** At most `limit` messages in any period of `intervalMs`, in this process. */
  readonly rate?: { readonly limit: number; readonly intervalMs: number } | undefined
}

/**
 * What carries messages of one channel. `send` or `sendBatch` is needed; where both are there, `sendBatch` is used.
 *
 * See `docs/writing-a-channel.md`.
 */
export interface ChannelProvider {
  /** What kind of message it carries: `email`, `sms`, `push`, or a name of the host's own. */
  readonly channel: string
  /** Unique in an engine; what a job's `transport` and `override` name. */
  readonly name: string
  readonly limits?: ProviderLimits | undefined
  /** It can render `event` and `template` references by itself. */
  readonly hostedTemplates?: boolean | undefined

  /** The recipient's address on this channel. Default: by the channel's name, see `addressOn`. */
  addressOf?(user: AddressBook): string | undefined

  /** Finds out whether the provider can be reached; used by hosts before a run, never by the engine. Rejects when it can't. */
  verify?(): Promise<void>

  send?(message: OutgoingMessage, context: SendContext): SendOutcome | Promise<SendOutcome>

  /** Outcomes in the order of the messages, one each. */
  sendBatch?(
    messages: readonly OutgoingMessage[],
    context: SendContext,
  ): readonly SendOutcome[] | Promise<readonly SendOutcome[]>

  /** Called once when the engine closes, after the last send. */
  close?(): Promise<void>
}
