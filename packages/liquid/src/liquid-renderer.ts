import { BroadsideError, type CompiledContent, type Renderer } from '@broadside/core'
import { compileContent } from './compile-content.js'
import { compileTemplate } from './compile-template.js'
import { DEFAULT_LIMITS, type EffectiveLimits, type LiquidLimits } from './limits.js'
import { liquidEngine } from './liquid-engine.js'
import type { LiquidRendererOptions } from './options.js'

/** {@link Renderer} over LiquidJS; both of its steps are synchronous. */
export interface LiquidRenderer extends Renderer {
  readonly name: 'liquid'
  compile(content: Readonly<Record<string, unknown>>): LiquidContent
}

/** Content whose templates are compiled. */
export interface LiquidContent extends CompiledContent {
  render(data: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>
}

/**
 * Renders templates in Liquid: https://liquidjs.com.
 *
 * - Every string of the content is a template, also within lists and objects; anything else is handed on. A field named `html` is
 *   escaped, at any depth; other fields are not.
 * - Unknown filters and tags, filters where they have no effect, and text after a value are refused by `compile`, wherever they stand.
 * - No template reads a file or another template, and no data is run as one.
 *
 * @throws BroadsideError `INVALID_INPUT` for an unknown time zone or locale, or a limit that is no positive number.
 */
export function liquidRenderer(options: LiquidRendererOptions = {}): LiquidRenderer {
  checkOptions(options)
  const limits = effectiveLimits(options.limits)
  const plain = liquidEngine({ html: false, options, limits })
  const html = liquidEngine({ html: true, options, limits })
  return {
    name: 'liquid',
    compile: (content) => ({
      render: compileContent(content, ({ source, field, key }) =>
        compileTemplate({ source, field, liquid: key === 'html' ? html : plain, limits }),
      ),
    }),
  }
}

function effectiveLimits(given: LiquidLimits = {}): EffectiveLimits {
  const limits = { ...DEFAULT_LIMITS, ...definedOnly(given) }
  for (const [name, limit] of Object.entries(limits)) {
    if (!(limit > 0)) throw new BroadsideError('INVALID_INPUT', `limits.${name} must be a positive number`)
  }
  return limits
}

function definedOnly(limits: LiquidLimits): Partial<EffectiveLimits> {
  return Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined))
}

function checkOptions({ timeZone, locale }: LiquidRendererOptions): void {
  try {
    new Intl.DateTimeFormat(locale, { timeZone })
  } catch (error) {
    throw new BroadsideError('INVALID_INPUT', `timeZone or locale is not known: ${String(error)}`, { cause: error })
  }
}
