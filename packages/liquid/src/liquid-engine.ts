import { type Context, Liquid } from 'liquidjs'
import { boundedFilter } from './bounds/bounded-filter.js'
import { boundedOperators } from './bounds/bounded-operators.js'
import { BoundedCaseTag } from './bounds/bounded-tags.js'
import { charge } from './bounds/work-meter.js'
import { dateFilters } from './dates/date-filters.js'
import { escapeHtml } from './escape-html.js'
import type { EffectiveLimits } from './limits.js'
import type { LiquidRendererOptions } from './options.js'
import { printable } from './printable.js'

/** Tags that read other templates: there are none to read. */
const FILE_TAGS = ['include', 'render', 'layout', 'block'] as const

interface EngineParams {
  /** For the `html` field. */
  readonly html: boolean
  readonly options: LiquidRendererOptions
  readonly limits: EffectiveLimits
}

/** A LiquidJS that touches no file, calls nothing inherited, and stays within the limits. */
export function liquidEngine({ html, options, limits }: EngineParams): Liquid {
  const { timeZone = 'UTC', locale = 'en-US', strictVariables = false } = options
  const liquid = new Liquid({
    strictFilters: true,
    strictVariables,
    lenientIf: true,
    ownPropertyOnly: true,
    templates: {},
    operators: boundedOperators(),
    outputEscape: outputOf(html ? escapeHtml : (text) => text),
    parseLimit: limits.templateLength,
    renderLimit: limits.renderTimeMs,
    memoryLimit: limits.work,
  })
  for (const tag of FILE_TAGS) delete liquid.tags[tag]
  liquid.registerTag('case', BoundedCaseTag)
  liquid.registerFilter('raw', { raw: true, handler: outputOf((text) => text) })
  registerAll(liquid, { ...dateFilters({ timeZone, locale }), ...options.filters })
  for (const [name, tag] of Object.entries(options.tags ?? {})) liquid.registerTag(name, tag)
  return liquid
}

function registerAll(liquid: Liquid, filters: NonNullable<LiquidRendererOptions['filters']>): void {
  for (const [name, filter] of Object.entries({ ...liquid.filters, ...filters })) {
    liquid.registerFilter(name, boundedFilter(name, filter))
  }
}

/** Every output passes through here, so that repeating or doubling a text counts. */
function outputOf(encode: (text: string) => string) {
  return function (this: { readonly context: Context }, value: unknown): string {
    const text = printable(value)
    charge(this.context, text.length)
    return encode(text)
  }
}
