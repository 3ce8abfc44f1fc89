import { BroadsideError } from '@broadside/core'
import type { CompiledTemplate } from './compile-template.js'

type Data = Parameters<CompiledTemplate>[0]
/** A value of the content with its templates compiled: the same for everybody, or made anew for each recipient. */
type Compiled = { readonly fixed: unknown } | { readonly render: (data: Data) => unknown }

/** Compiles one template; `key` is the name of the field it stands in. */
export type Compile = (template: {
  readonly source: string
  readonly field: string
  readonly key: string
}) => CompiledTemplate

interface Place {
  /** Such as `headers.X-Tag` or `attachments[0].filename`. */
  readonly field: string
  /** The last key on the way here; entries of a list have their list's. */
  readonly key: string
  readonly depth: number
}

const MAX_DEPTH = 32

/** Compiles every string within a record, at any depth. Whatever is neither string, list nor plain object stays as it is. */
export function compileContent(
  content: Readonly<Record<string, unknown>>,
  compile: Compile,
): (data: Data) => Readonly<Record<string, unknown>> {
  const entries = Object.entries(content).map(
    ([key, value]) => [key, compileValue(value, { field: key, key, depth: 0 }, compile)] as const,
  )
  return (data) => Object.fromEntries(entries.map(([key, compiled]) => [key, resolved(compiled, data)]))
}

function compileValue(value: unknown, place: Place, compile: Compile): Compiled {
  if (place.depth > MAX_DEPTH) throw new BroadsideError('TEMPLATE_INVALID', `${place.field}: is nested too deeply`)
  if (typeof value === 'string') return compileString(value, place, compile)
  if (Array.isArray(value)) {
    const parts = value.map((entry, index) =>
      compileValue(entry, { ...place, field: `${place.field}[${index}]`, depth: place.depth + 1 }, compile),
    )
    return parts.every(isFixed) ? { fixed: value } : { render: (data) => parts.map((part) => resolved(part, data)) }
  }
  if (isPlainObject(value)) {
    const parts = Object.entries(value).map(
      ([key, entry]) =>
        [key, compileValue(entry, { field: `${place.field}.${key}`, key, depth: place.depth + 1 }, compile)] as const,
    )
    if (parts.every(([, part]) => isFixed(part))) return { fixed: value }
    return { render: (data) => Object.fromEntries(parts.map(([key, part]) => [key, resolved(part, data)])) }
  }
  return { fixed: value }
}

function compileString(source: string, { field, key }: Place, compile: Compile): Compiled {
  if (!source.includes('{{') && !source.includes('{%')) return { fixed: source }
  return { render: compile({ source, field, key }) }
}

function isFixed(compiled: Compiled): compiled is { readonly fixed: unknown } {
  return 'fixed' in compiled
}

function resolved(compiled: Compiled, data: Data): unknown {
  return isFixed(compiled) ? compiled.fixed : compiled.render(data)
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
