import { toValue } from 'liquidjs'

/** What a value looks like in a text: nothing for nothing, lists joined. Unlike `String` it also takes objects without a prototype. */
export function printable(value: unknown): string {
  const plain: unknown = toValue(value)
  if (typeof plain === 'string') return plain
  if (plain === undefined || plain === null) return ''
  if (Array.isArray(plain)) return plain.map(printable).join('')
  return isUnprintable(plain) ? '[object Object]' : String(plain)
}

/** Data may well have a key named `toString`; it is data, and calling it would throw. */
function isUnprintable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return !('toString' in value) || typeof value.toString !== 'function'
}
