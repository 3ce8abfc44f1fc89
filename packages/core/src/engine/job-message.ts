import type { LinkRewriter } from '../audience/link-rewriter.js'
import type { ChannelProvider, OutgoingMessage } from '../channel/provider.js'
import { mergeData } from '../domain/data-precedence.js'
import { chooseLocale } from '../domain/locale-choice.js'
import { localeOf, renderData } from '../domain/render-data.js'
import { composeSender } from '../domain/sender.js'
import type { VariantChoice } from '../domain/variant-assignment.js'
import type { Content } from '../model/message.js'
import type { IngestUser } from '../model/user.js'
import type { CompiledContent, Renderer } from '../render/renderer.js'
import type { JobRecord } from '../storage/job-record.js'
import type { MaybePromise } from '../storage/storage.js'
import type { RoutedItem } from './item-routing.js'
import { isThenable } from './maybe-async.js'
import type { ProviderRegistry } from './provider-registry.js'
import { VariantContents } from './variant-contents.js'

export interface JobMessagePorts {
  readonly renderer: Renderer | undefined
  readonly providers: ProviderRegistry
  /** For sendings that track links. */
  readonly rewriteLinks?: LinkRewriter | undefined
}

const NO_DATA: Readonly<Record<string, unknown>> = Object.freeze({})

/** A job's message, compiled once a run, that makes one recipient's message out of it. */
export class JobMessage {
  readonly job: JobRecord
  readonly #compiled: CompiledContent | undefined
  readonly #byLocale: ReadonlyMap<string, CompiledContent>
  readonly #variants: VariantContents | undefined
  readonly #ports: JobMessagePorts
  /** Whether a renderer, or a provider with hosted templates, is given the recipient's data. */
  readonly #readsData: boolean

  private constructor(
    job: JobRecord,
    parts: {
      compiled: CompiledContent | undefined
      byLocale: ReadonlyMap<string, CompiledContent>
      ports: JobMessagePorts
    },
  ) {
    this.job = job
    this.#compiled = parts.compiled
    this.#byLocale = parts.byLocale
    this.#ports = parts.ports
    this.#readsData = parts.ports.renderer !== undefined || parts.compiled === undefined
    this.#variants = job.prepared?.sending?.experiments && new VariantContents(job.prepared, parts.ports.renderer)
  }

  /** Rejects when a template does not compile, although it did when the job was run: its renderer has changed since. */
  static async compile(job: JobRecord, ports: JobMessagePorts): Promise<JobMessage> {
    const { content, contentByLocale = {} } = job.prepared ?? {}
    const compile = async (one: Content): Promise<CompiledContent> =>
      (await ports.renderer?.compile(one)) ?? { render: () => one }
    const byLocale = new Map<string, CompiledContent>()
    for (const [locale, one] of Object.entries(contentByLocale)) byLocale.set(locale, await compile(one))
    const compiled = content === undefined ? undefined : await compile(content)
    return new JobMessage(job, { compiled, byLocale, ports })
  }

  /** True while a champion is to come that most recipients wait for: this message does not do for them. */
  get awaitsChampion(): boolean {
    return this.#variants?.awaitsChampion ?? false
  }

  /** The providers that may carry this job. */
  get carriers(): ChannelProvider[] {
    const found = this.job.channels.map((channel) => this.#ports.providers.find(channel, this.job.definition.transport))
    return found.filter((provider) => provider !== undefined)
  }

  /** Renders the message of one recipient. Throws when its template does. `asked` are variants that it gets whoever it is. */
  compose(routed: RoutedItem, asked?: readonly VariantChoice[]): MaybePromise<OutgoingMessage> {
    if (this.#variants !== undefined) return this.#composeVariant(routed, this.#variants, asked)
    const data = this.#dataOf(routed)
    const rendered = this.#compiledFor(routed.user)?.render(data)
    return isThenable(rendered)
      ? Promise.resolve(rendered).then((content) => this.#finish(routed, { rendered: content, data }))
      : this.#finish(routed, { rendered, data })
  }

  async #composeVariant(
    routed: RoutedItem,
    contents: VariantContents,
    asked: readonly VariantChoice[] | undefined,
  ): Promise<OutgoingMessage> {
    const data = this.#dataOf(routed)
    const { variants, content } = contents.of({
      recipient: routed.item.recipient,
      locale: this.#localeFor(routed.user),
      asked,
    })
    return this.#finish(routed, { rendered: await (await content).render(data), data, variants })
  }

  #dataOf({ item, user }: RoutedItem): Readonly<Record<string, unknown>> {
    if (!this.#readsData) return NO_DATA
    return renderData({ messageData: this.job.definition.message.data, user, recipient: item.recipient })
  }

  #localeFor(user: IngestUser): string | undefined {
    return this.#byLocale.size === 0 ? undefined : chooseLocale([...this.#byLocale.keys()], localeOf(user))
  }

  #compiledFor(user: IngestUser): CompiledContent | undefined {
    const locale = this.#localeFor(user)
    return locale === undefined ? this.#compiled : this.#byLocale.get(locale)
  }

  #finish(routed: RoutedItem, parts: Rendered): MaybePromise<OutgoingMessage> {
    const message = this.#address(routed, parts)
    const rewritten = message.trackLinks === true ? this.#ports.rewriteLinks?.(message.content, message) : undefined
    // Nothing returned, also in time: nothing changed.
    const withLinks = (content: OutgoingMessage['content'] | undefined): OutgoingMessage =>
      content === undefined ? message : { ...message, content }
    return isThenable(rewritten) ? Promise.resolve(rewritten).then(withLinks) : withLinks(rewritten)
  }

  #address({ item, provider, address, user }: RoutedItem, { rendered, data, variants }: Rendered): OutgoingMessage {
    const { override, event, template, brand } = this.job.definition.message
    const sending = this.job.prepared?.sending
    const content = sending === undefined || rendered === undefined ? rendered : composeSender(rendered)
    return {
      messageId: item.messageId,
      jobId: this.job.id,
      recipient: item.recipient,
      channel: provider.channel,
      address,
      content:
        override === undefined
          ? (content ?? {})
          : mergeData(content, ownEntry(override, provider.channel), ownEntry(override, provider.name)),
      reference: rendered === undefined ? { event, template, brand, locale: localeOf(user), data } : undefined,
      attempt: item.attempts + 1,
      ...(sending && { sendingId: this.job.ownerId, trackLinks: sending.trackLinks }),
      ...(variants && { variants }),
    }
  }
}

interface Rendered {
  readonly rendered: Readonly<Record<string, unknown>> | undefined
  readonly data: Readonly<Record<string, unknown>>
  readonly variants?: readonly VariantChoice[] | undefined
}

function ownEntry<T>(map: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined
}
