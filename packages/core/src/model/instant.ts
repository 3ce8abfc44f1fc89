import * as z from 'zod'
import { isInDateRange } from '../domain/date-range.js'

/** An instant that the caller asks by, as `Date` or in ms since the epoch. */
export const instantSchema = z
  .union([z.number(), z.date().transform((date) => date.getTime())])
  .refine(isInDateRange, { error: 'lies outside the range of dates' })
