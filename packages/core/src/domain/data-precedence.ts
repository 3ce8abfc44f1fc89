/**
 * Merges bags of data, later ones over earlier ones, one level deep. The result has no prototype, and every key is data: a key such as
 * `__proto__` is set like any other.
 */
export function mergeData(
  ...bags: readonly (Readonly<Record<string, unknown>> | undefined)[]
): Readonly<Record<string, unknown>> {
  const merged: Record<string, unknown> = Object.create(null)
  for (const bag of bags) {
    if (bag === undefined) continue
    for (const key of Object.keys(bag)) merged[key] = bag[key]
  }
  return merged
}
