/** A column as it comes back: its text, whatever parsers the host has set for its types. */
export type Column = string | null

export function numberFrom(value: Column): number | undefined {
  return value === null ? undefined : Number(value)
}

export function booleanFrom(value: Column): boolean {
  return value === 't'
}
