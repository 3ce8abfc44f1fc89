import { valueText } from './value-text.js'

const MAX = 12

/** Where two values of several fields differ, a line each: `[0].trail: expected 'a', seen undefined`. */
export function differenceOf(expected: unknown, seen: unknown): string | undefined {
  const values = [expected, seen].map(structureOf)
  if (!values.every(isStructure)) return undefined
  const lines = [...differences(values[0], values[1], '')]
  return [...lines.slice(0, MAX), ...(lines.length > MAX ? [`… and ${lines.length - MAX} more`] : [])].join('\n')
}

/** Several lines of text are compared line by line, or as what they hold where they are JSON. */
function structureOf(value: unknown): unknown {
  if (typeof value !== 'string' || !value.includes('\n')) return value
  try {
    return JSON.parse(value)
  } catch {
    return value.split('\n')
  }
}

function* differences(expected: unknown, seen: unknown, path: string): Generator<string> {
  if (Object.is(expected, seen)) return
  if (!isStructure(expected) || !isStructure(seen) || Array.isArray(expected) !== Array.isArray(seen)) {
    yield `${path === '' ? 'it' : path}: expected ${brief(expected)}, seen ${brief(seen)}`
    return
  }
  for (const key of new Set([...Object.keys(expected), ...Object.keys(seen)])) {
    yield* differences(Reflect.get(expected, key), Reflect.get(seen, key), within(path, key, Array.isArray(expected)))
  }
}

function within(path: string, key: string, isArray: boolean): string {
  if (isArray) return `${path}[${key}]`
  return path === '' ? key : `${path}.${key}`
}

function brief(value: unknown): string {
  return valueText(value, { depth: 2, breakLength: Number.POSITIVE_INFINITY, maxStringLength: 120 })
}

function isStructure(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
