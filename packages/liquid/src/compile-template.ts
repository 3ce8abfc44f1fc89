import { BroadsideError } from '@broadside/core'
import type { Liquid, Template } from 'liquidjs'
import { checkStrayText } from './check/check-stray-text.js'
import { checkValues } from './check/check-values.js'
import type { EffectiveLimits } from './limits.js'

/** Renders one field for one recipient. */
export type CompiledTemplate = (data: Readonly<Record<string, unknown>>) => string

interface TemplateParams {
  readonly source: string
  /** Where it stands in the content, for errors. */
  readonly field: string
  readonly liquid: Liquid
  readonly limits: EffectiveLimits
}

/** @throws BroadsideError `TEMPLATE_INVALID` that names the field, line and column. */
export function compileTemplate(params: TemplateParams): CompiledTemplate {
  const { field, liquid, limits } = params
  const templates = parse(params)
  return (data) => {
    const output = renderOne(() => String(liquid.renderSync(templates, ownScope(data))), field)
    if (output.length <= limits.outputLength) return output
    throw new Error(`${field}: rendered to ${output.length} characters, more than the ${limits.outputLength} allowed`)
  }
}

function parse({ source, field, liquid, limits }: TemplateParams): Template[] {
  try {
    checkSize(source, limits)
    const templates = liquid.parse(source)
    checkStrayText(source, liquid)
    checkValues(templates, liquid)
    return templates
  } catch (error) {
    throw new BroadsideError('TEMPLATE_INVALID', `${field}: ${messageOf(error)}`, { cause: error })
  }
}

function renderOne(render: () => string, field: string): string {
  try {
    return render()
  } catch (error) {
    throw new Error(`${field}: ${messageOf(error)}`, { cause: error })
  }
}

/** LiquidJS parses in quadratic time once tags are very many, so their number is bounded, not only the length. */
function checkSize(source: string, limits: EffectiveLimits): void {
  if (source.length > limits.templateLength) {
    throw new Error(`has ${source.length} characters, more than the ${limits.templateLength} allowed`)
  }
  const tags = (source.match(/\{[{%]/g) ?? []).length + linesOfLiquidTags(source)
  if (tags > limits.templateTags) {
    throw new Error(`has ${tags} outputs and tags, more than the ${limits.templateTags} allowed`)
  }
}

/** In a `liquid` tag each line is a tag. */
function linesOfLiquidTags(source: string): number {
  return /\{%-?\s*liquid\b/.test(source) ? source.split('\n').length : 0
}

/** A copy for each field: `increment` writes into it, and nothing inherited may be found in it. */
function ownScope(data: Readonly<Record<string, unknown>>): object {
  return { __proto__: null, ...data }
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.replace('Maximum call stack size exceeded', 'is nested too deeply')
}
