import type { Column } from './column-value.js'

/**
 * An instant as it is selected by statements that stand alone: as its bytes. How many digits Postgres writes of a number is a setting of
 * the host's, which only a transaction can have otherwise.
 */
export function bytesOf(instant: string): string {
  return `encode(float8send(${instant}), 'hex')`
}

export function instantFrom(bytes: string): number
export function instantFrom(bytes: Column): number | undefined
export function instantFrom(bytes: Column): number | undefined {
  return bytes === null ? undefined : Buffer.from(bytes, 'hex').readDoubleBE()
}
