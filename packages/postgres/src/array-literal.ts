/** An array as Postgres reads it from text. Drivers do this too, by way of several strings an element. */
export function arrayLiteral(list: readonly (string | number | boolean | null | Buffer)[]): string {
  return `{${list.map(elementOf).join(',')}}`
}

function elementOf(value: string | number | boolean | null | Buffer): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return `"${/["\\]/.test(value) ? value.replace(/["\\]/g, '\\$&') : value}"`
  return Buffer.isBuffer(value) ? `"\\\\x${value.toString('hex')}"` : String(value)
}
