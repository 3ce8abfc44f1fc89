import type { FilterImplOptions, Liquid } from 'liquidjs'
import type { LiquidLimits } from './limits.js'

/** A tag of one's own, as `Liquid#registerTag` takes it. */
export type LiquidTag = Parameters<Liquid['registerTag']>[1]
/** A filter of one's own, as `Liquid#registerFilter` takes it. It must be synchronous. */
export type LiquidFilter = FilterImplOptions

export interface LiquidRendererOptions {
  /** A variable that is not there fails the item, except in conditions and before `default`. Default false: it renders as nothing. */
  readonly strictVariables?: boolean | undefined
  /** IANA zone that date filters show, and read dates without a zone in. Default `UTC`. */
  readonly timeZone?: string | undefined
  /** BCP 47 locale of month and weekday names. Default `en-US`. */
  readonly locale?: string | undefined
  /** Filters by name; one of LiquidJS's own may be replaced. Results are escaped in `html` unless the filter is declared `raw`. */
  readonly filters?: Readonly<Record<string, LiquidFilter>> | undefined
  /** Tags by name. What a tag writes by itself is not escaped. */
  readonly tags?: Readonly<Record<string, LiquidTag>> | undefined
  readonly limits?: LiquidLimits | undefined
}
