import type { ChannelProvider, OutgoingMessage } from '../channel/provider.js'
import { mergeData } from '../domain/data-precedence.js'
import { chooseLocale } from '../domain/locale-choice.js'
import { localeOf, renderData } from '../domain/render-data.js'
import type { Content } from '../model/message.js'
import type { IngestUser } from '../model/user.js'
import type { CompiledContent, Renderer } from '../render/renderer.js'
import type { JobRecord } from '../storage/job-record.js'
import type { MaybePromise } from '../storage/storage.js'
import type { RoutedItem } from './item-routing.js'
import { isThenable } from './maybe-async.js'
import type { ProviderRegistry } from './provider-registry.js'

const NO_DATA: Readonly<Record<string, unknown>> = Object.freeze({})

/** A job's message, compiled once a run, that makes one recipient's message out of it. */
export class JobMessage {
  readonly job: JobRecord
  readonly #compiled: CompiledContent | undefined
  readonly #byLocale: ReadonlyMap<string, CompiledContent>
  readonly #providers: ProviderRegistry
  /** Whether a renderer, or a provider with hosted templates, is given the recipient's data. */
  readonly #readsData: boolean

  private constructor(
    job: JobRecord,
    parts: {
      compiled: CompiledContent | undefined
      byLocale: ReadonlyMap<string, CompiledContent>
      providers: ProviderRegistry
      readsData: boolean
    },
  ) {
    this.job = job
    this.#compiled = parts.compiled
    this.#byLocale = parts.byLocale
    this.#providers = parts.providers
    this.#readsData = parts.readsData
  }

  /** Rejects when a template does not compile, although it did when the job was run: its renderer has changed since. */
  static async compile(
    job: JobRecord,
    ports: { readonly renderer: Renderer | undefined; readonly providers: ProviderRegistry },
  ): Promise<JobMessage> {
    const { content, contentByLocale = {} } = job.prepared ?? {}
    const compile = async (one: Content): Promise<CompiledContent> =>
      (await ports.renderer?.compile(one)) ?? { render: () => one }
    const byLocale = new Map<string, CompiledContent>()
    for (const [locale, one] of Object.entries(contentByLocale)) byLocale.set(locale, await compile(one))
    const compiled = content === undefined ? undefined : await compile(content)
    const readsData = ports.renderer !== undefined || compiled === undefined
    return new JobMessage(job, { compiled, byLocale, providers: ports.providers, readsData })
  }

  /** The providers that may carry this job. */
  get carriers(): ChannelProvider[] {
    const found = this.job.channels.map((channel) => this.#providers.find(channel, this.job.definition.transport))
    return found.filter((provider) => provider !== undefined)
  }

  /** Renders the message of one recipient. Throws when its template does. */
  compose(routed: RoutedItem): MaybePromise<OutgoingMessage> {
    const { item, user } = routed
    const messageData = this.job.definition.message.data
    const data = this.#readsData ? renderData({ messageData, user, recipient: item.recipient }) : NO_DATA
    const rendered = this.#compiledFor(user)?.render(data)
    return isThenable(rendered)
      ? Promise.resolve(rendered).then((content) => this.#address(routed, content, data))
      : this.#address(routed, rendered, data)
  }

  #compiledFor(user: IngestUser): CompiledContent | undefined {
    if (this.#byLocale.size === 0) return this.#compiled
    const locale = chooseLocale([...this.#byLocale.keys()], localeOf(user))
    return locale === undefined ? this.#compiled : this.#byLocale.get(locale)
  }

  #address(
    { item, provider, address, user }: RoutedItem,
    rendered: Readonly<Record<string, unknown>> | undefined,
    data: Readonly<Record<string, unknown>>,
  ): OutgoingMessage {
    const { override, event, template, brand } = this.job.definition.message
    const content =
      override === undefined
        ? (rendered ?? {})
        : mergeData(rendered, ownEntry(override, provider.channel), ownEntry(override, provider.name))
    return {
      messageId: item.messageId,
      jobId: this.job.id,
      recipient: item.recipient,
      channel: provider.channel,
      address,
      content,
      reference: rendered === undefined ? { event, template, brand, locale: localeOf(user), data } : undefined,
      attempt: item.attempts + 1,
    }
  }
}

function ownEntry<T>(map: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined
}
