import type { FilterImplOptions } from 'liquidjs'
import { charge, checkTime, leafCount } from './work-meter.js'

type Call = ThisParameterType<Extract<FilterImplOptions, (...args: never[]) => unknown>>
/** A filter as LiquidJS calls it. */
export type BoundedFilter = (this: Call, value: unknown, ...args: unknown[]) => unknown

/** What a filter takes for a list entry, compared with a character. */
const ENTRY_COST = 4
/** These put lists into lists without copying what is inside. */
const NESTING = new Set(['concat', 'push', 'unshift'])

/**
 * The filter, held to the limits of its render: LiquidJS's own filters count most of what they make, but not the time they take, nor
 * the entries that they look at, nor what lists within lists add up to.
 */
export function boundedFilter(name: string, filter: FilterImplOptions): FilterImplOptions {
  const handler: BoundedFilter = typeof filter === 'function' ? filter : filter.handler
  const bounded: BoundedFilter = function (value, ...args) {
    checkTime(this.context)
    if (NESTING.has(name)) charge(this.context, leafCount(value) + leafCount(args[0]))
    else if (Array.isArray(value)) charge(this.context, value.length * ENTRY_COST * (1 + pathSegments(args)))
    const result = handler.call(this, value, ...args)
    if (result instanceof Promise) throw new Error(`filter ${name} returned a promise; filters are synchronous`)
    return result
  }
  return typeof filter === 'function' ? bounded : { raw: filter.raw, handler: bounded }
}

/** Filters such as `map` and `sort` walk a path for every entry, and the path may come from data. */
function pathSegments(args: readonly unknown[]): number {
  return args.reduce((sum: number, arg) => sum + (typeof arg === 'string' ? arg.split(/[.[]/).length - 1 : 0), 0)
}
