import type { BoundedFilter } from '../bounds/bounded-filter.js'
import { printable } from '../printable.js'
import { parseDate } from './parse-date.js'
import { strftime } from './strftime.js'
import type { TimeZone } from './time-zone.js'

const DEFAULT_FORMAT = '%A, %B %-e, %Y at %-l:%M %P %z'
const MAX_FORMAT_LENGTH = 500

/**
 * LiquidJS's date filters, written anew: its own read and show dates by way of the process' zone, which is an hour off where that zone
 * changes its clocks, and reads a date without a zone differently on every host.
 *
 * What is no date passes through, as there.
 */
export function dateFilters(defaults: {
  readonly timeZone: string
  readonly locale: string
}): Readonly<Record<string, BoundedFilter>> {
  const show = (params: { value: unknown; format: string; timeZone?: TimeZone; locale?: string }): unknown => {
    const { value, format, timeZone = defaults.timeZone, locale = defaults.locale } = params
    if (format.length > MAX_FORMAT_LENGTH) throw new Error(`a date format has at most ${MAX_FORMAT_LENGTH} characters`)
    const instantMs = parseDate(value, timeZone)
    return instantMs === undefined ? value : strftime({ instantMs, format, timeZone, locale })
  }
  const inWords = (value: unknown, params: { month: string; type: unknown; style: unknown }): unknown => {
    const { month, type, style } = params
    if (type !== 'ordinal') return show({ value, format: `%d ${month} %Y` })
    return show({ value, format: style === 'US' ? `${month} %-d%q, %Y` : `%-d%q ${month} %Y` })
  }
  return {
    date: (value, format, timeZone) =>
      show({
        value,
        format: format === undefined || format === null ? DEFAULT_FORMAT : printable(format),
        ...(typeof timeZone === 'string' || typeof timeZone === 'number' ? { timeZone } : {}),
      }),
    date_to_xmlschema: (value) => show({ value, format: '%Y-%m-%dT%H:%M:%S%:z' }),
    date_to_rfc822: (value) => show({ value, format: '%a, %d %b %Y %H:%M:%S %z', locale: 'en-US' }),
    date_to_string: (value, type, style) => inWords(value, { month: '%b', type, style }),
    date_to_long_string: (value, type, style) => inWords(value, { month: '%B', type, style }),
  }
}
