import type { Context } from 'liquidjs'

/** Throws once the render has run out of time. LiquidJS asks only between tags; a chain of filters or operators needs asking too. */
export function checkTime(context: Context): void {
  context.renderLimit.check(performance.now())
}

/** Throws once the render has handled more characters and list entries than it may. */
export function charge(context: Context, amount: number): void {
  context.memoryLimit.use(amount)
}

/** Lists are never changed in place, so each needs to be counted once. */
const leafCounts = new WeakMap<readonly unknown[], number>()

/**
 * Entries of a list and of all lists inside of it, each as often as it occurs: what printing or comparing it costs. A list of twice
 * the same list doubles it, so thirty pushes could make a list that takes years to print.
 */
export function leafCount(value: unknown): number {
  if (!Array.isArray(value)) return 1
  const known = leafCounts.get(value)
  if (known !== undefined) return known
  leafCounts.set(value, 0)
  const count = value.reduce((sum: number, entry: unknown) => sum + leafCount(entry), 1)
  leafCounts.set(value, count)
  return count
}
