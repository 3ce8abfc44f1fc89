import type { IngestError, Item } from '@broadside/core'
import { ORIGIN, type Origin } from './recipients-csv.js'

/** What became of a recipient, in one line: status, address, and why. */
export function itemLine({ status, to, recipient, code, reason }: Item): string {
  const address = typeof to?.email === 'string' && to.email.trim() !== '' ? to.email : `(no address) ${recipient}`
  return columns(status, address, code, reason)
}

/** What became of a row that is no recipient. */
export function turnedAwayLine({ code, error, user }: IngestError): string {
  const { line, problem } = originOf(user)
  const { email } = (user as { to?: { email?: string } }).to ?? {}
  const isDuplicate = code === 'DUPLICATE_USER'
  return columns(
    isDuplicate ? 'duplicate' : 'rejected',
    `line ${line}`,
    email,
    isDuplicate ? undefined : (problem ?? error),
  )
}

function originOf(user: unknown): Origin {
  return (user as { [ORIGIN]: Origin })[ORIGIN]
}

/** Neither a cell nor a server's answer may break the line or drive the terminal. */
function columns(status: string, ...parts: readonly (string | undefined)[]): string {
  const text = parts.filter((part) => part !== undefined && part !== '').join('  ')
  return `${status.padEnd(10)} ${text}`.replace(/\p{Cc}+/gu, ' ')
}
