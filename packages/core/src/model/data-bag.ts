import * as z from 'zod'

/** Named values as templates receive them. Passed on as they came, so that keys such as `__proto__` stay plain data. */
export const dataBagSchema = z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'must be an object',
)
