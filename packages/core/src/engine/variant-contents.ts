import { withVariants } from '../domain/sending-content.js'
import { type ChosenVariant, hasChampion, type VariantChoice, variantsFor } from '../domain/variant-assignment.js'
import type { Content } from '../model/message.js'
import type { CompiledContent, Renderer } from '../render/renderer.js'
import type { PreparedMessage } from '../storage/job-record.js'

export interface VariantFor {
  readonly recipient: string
  /** One of the message's, if it fits the recipient. */
  readonly locale: string | undefined
  readonly asked?: readonly VariantChoice[] | undefined
}

export interface VariantContent {
  readonly variants: readonly VariantChoice[]
  readonly content: Promise<CompiledContent>
}

/** Combinations of variants and locales multiply: so many are kept compiled. */
const KEPT = 256

/** The content of a sending with experiments, one for each combination of variants, compiled when it is first wanted. */
export class VariantContents {
  readonly #prepared: PreparedMessage
  readonly #renderer: Renderer | undefined
  readonly #compiled = new Map<string, Promise<CompiledContent>>()

  constructor(prepared: PreparedMessage, renderer: Renderer | undefined) {
    this.#prepared = prepared
    this.#renderer = renderer
  }

  get awaitsChampion(): boolean {
    const { experiments = [], champions = [] } = this.#prepared.sending ?? {}
    return experiments.filter(hasChampion).some(({ name }) => !champions.some(({ experiment }) => experiment === name))
  }

  /** The content that a recipient gets. Rejects when it does not compile. */
  of({ recipient, locale, asked }: VariantFor): VariantContent {
    const { experiments = [], champions } = this.#prepared.sending ?? {}
    const chosen = variantsFor({ experiments, recipient, champions, asked })
    const variants = chosen.map(({ experiment, variant }) => ({ experiment, variant: variant.name }))
    const key = JSON.stringify([locale, ...variants.map(({ variant }) => variant)])
    const content = this.#compiled.get(key) ?? this.#compile(chosen, locale)
    // The one wanted last goes last: the first is forgotten first.
    this.#compiled.delete(key)
    this.#compiled.set(key, content)
    this.#forget()
    return { variants, content }
  }

  async #compile(chosen: readonly ChosenVariant[], locale: string | undefined): Promise<CompiledContent> {
    const { content = {}, contentByLocale = {} } = this.#prepared
    const base: Content = locale === undefined ? content : (contentByLocale[locale] ?? content)
    const varied = withVariants(
      base,
      chosen.map(({ variant }) => variant),
    )
    return (await this.#renderer?.compile(varied)) ?? { render: () => varied }
  }

  #forget(): void {
    const [oldest] = this.#compiled.keys()
    if (this.#compiled.size > KEPT && oldest !== undefined) this.#compiled.delete(oldest)
  }
}
