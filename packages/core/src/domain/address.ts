/** Turns an internationalised domain into its ASCII form, or `''` if it has none. Injected: the table behind it is the platform's. */
export type DomainToAscii = (domain: string) => string

/** An address that may be sent to: `address` as given, trimmed; `key` in the one form under which duplicates meet. */
export interface ParsedAddress {
  readonly address: string
  readonly key: string
}

// The WHATWG HTML definition of a valid e-mail address, with non-ASCII letters (RFC 6531) let into the local part.
const EMAIL_LOCAL = /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~\u{a1}-\u{10ffff}-]{1,64}$/u
const ASCII_DOMAIN = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/
const ASCII_ONLY = /^[\x21-\x7e]*$/
// Also what is a letter or a mark by name and shows nothing: fillers, joiners, variation selectors, the blank Braille pattern.
const INVISIBLE = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u
// Platforms read these as the end of the domain or as an escape, and answer with something that was not asked for.
const NO_PART_OF_A_DOMAIN = /[^a-z0-9.\-\u{80}-\u{10ffff}]/u

const MAX_EMAIL_LENGTH = 320
/** Composing takes time that grows with the square of the length, and makes at most four characters into one. */
const MAX_DECOMPOSED_LENGTH = 4 * MAX_EMAIL_LENGTH

/** Reads an e-mail address; `undefined` when it is malformed. Duplicates meet trimmed, in NFC, in lower case, the domain in ASCII. */
export function parseEmail(text: string, domainToAscii: DomainToAscii): ParsedAddress | undefined {
  const address = text.trim()
  if (address.length > MAX_DECOMPOSED_LENGTH) return undefined
  const isAscii = ASCII_ONLY.test(address)
  const normal = isAscii ? address : address.normalize('NFC')
  const at = normal.lastIndexOf('@')
  if (at < 1 || normal.length > MAX_EMAIL_LENGTH || (!isAscii && INVISIBLE.test(normal))) return undefined
  const local = normal.slice(0, at)
  const domain = asciiDomain(normal.slice(at + 1), domainToAscii)
  if (!EMAIL_LOCAL.test(local) || domain === undefined) return undefined
  const lower = local.toLowerCase()
  // In lower case some letters compose that did not before, such as J with a caron.
  return { address, key: `${isAscii ? lower : lower.normalize('NFC')}@${domain}` }
}

function asciiDomain(domain: string, domainToAscii: DomainToAscii): string | undefined {
  const lower = domain.toLowerCase()
  if (NO_PART_OF_A_DOMAIN.test(lower)) return undefined
  const ascii = ASCII_ONLY.test(lower) ? lower : domainToAscii(lower)
  return ascii.length <= 253 && ASCII_DOMAIN.test(ascii) ? ascii : undefined
}

/** Reads a phone number; `undefined` when it is malformed. Duplicates meet as digits without `+` or leading `00`; no country is guessed. */
export function parsePhone(text: string): ParsedAddress | undefined {
  const address = text.trim()
  const digits = address.replace(/[\s().\-/]/g, '').replace(/^(?:\+|00)/, '')
  // E.164 allows 15 digits, and none of its numbers begins with 0; the shortest short codes have three.
  return /^(?!00)\d{3,15}$/.test(digits) ? { address, key: digits } : undefined
}

/** Reads a push token: any visible text up to 4,096 characters. */
export function parsePushToken(text: string): ParsedAddress | undefined {
  const address = text.trim()
  return address.length > 0 && address.length <= 4096 && !INVISIBLE.test(address)
    ? { address, key: address }
    : undefined
}
