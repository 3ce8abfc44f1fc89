import { BroadsideError } from '../model/error.js'
import { plainText } from '../model/plain-text.js'
import { isBlank } from './address-book.js'
import { quoted } from './quoted.js'

/** Of a display name, more is not shown anywhere. */
const MAX_NAME_LENGTH = 255

/** Whatever ends an address in a header, or begins another one. */
const NO_PART_OF_AN_ADDRESS = /[\s\p{C}<>",;:\\()]/u

/**
 * Rendered content with its `fromEmail` and `fromDesc` put together as `from`: `"Desc" <email>`. They go over a `from` of its own; content
 * without `fromEmail` keeps the one it has. To be called after rendering, so that what recipients' data brings in stays a name.
 *
 * @throws BroadsideError `INVALID_INPUT` for a `fromEmail` that would be more than one address.
 */
export function composeSender(rendered: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (!Object.hasOwn(rendered, 'fromEmail') && !Object.hasOwn(rendered, 'fromDesc')) return rendered
  const { fromEmail, fromDesc, ...rest } = rendered
  return isBlank(fromEmail) ? rest : { ...rest, from: sender(String(fromEmail).trim(), String(fromDesc ?? '')) }
}

function sender(email: string, description: string): string {
  if (NO_PART_OF_AN_ADDRESS.test(email)) {
    throw new BroadsideError('INVALID_INPUT', `fromEmail: ${quoted(email)} is not one e-mail address.`, {
      issues: [{ path: ['fromEmail'], message: 'is not one e-mail address' }],
    })
  }
  // Angle brackets belong to the address, also for readers that know nothing of quotes.
  const name = plainText(description, MAX_NAME_LENGTH).replace(/[<>]/g, '').trim()
  return name === '' ? email : `"${name.replace(/["\\]/g, '\\$&')}" <${email}>`
}
