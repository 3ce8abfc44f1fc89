/** A copy of `value` as JSON holds it, frozen throughout: shared between answers, changed by nobody. */
export function frozenJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_key, part: unknown) => Object.freeze(part)) as T
}
