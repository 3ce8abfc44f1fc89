import type { AddressBook } from '../model/user.js'

/** Where the addresses of each kind may stand, in order of preference; `to` comes before `profile`. */
const FIELDS = {
  email: ['email'],
  phone: ['phone_number', 'msisdn'],
  push: ['push', 'app_token'],
} as const

export type AddressKind = keyof typeof FIELDS

/** The kinds of address that Broadside checks at ingest, in the order in which they identify a recipient. */
export const ADDRESS_KINDS: readonly AddressKind[] = ['email', 'phone', 'push']

const KIND_OF_CHANNEL: Readonly<Record<string, AddressKind>> = { email: 'email', sms: 'phone', push: 'push' }

export interface FoundAddress {
  /** From the root of the user, such as `['to', 'email']`. */
  readonly path: readonly string[]
  readonly value: unknown
}

/** Every address of a kind that a recipient has, the preferred one first. Blank ones count as missing. */
export function addressesOf(user: AddressBook, kind: AddressKind): FoundAddress[] {
  const found: FoundAddress[] = []
  for (const part of ['to', 'profile'] as const) {
    const bag = user[part]
    if (bag === undefined) continue
    for (const field of FIELDS[kind]) {
      const value = Object.hasOwn(bag, field) ? bag[field] : undefined
      if (!isBlank(value)) found.push({ path: [part, field], value })
    }
  }
  return found
}

/**
 * The recipient's address on a channel: `to.email`, then `profile.email` for `email`; `phone_number` or `msisdn` for `sms`; `push` or
 * `app_token` for `push`; the field named like the channel for any other.
 */
export function addressOn(user: AddressBook, channel: string): string | undefined {
  const kind = Object.hasOwn(KIND_OF_CHANNEL, channel) ? KIND_OF_CHANNEL[channel] : undefined
  const value = kind === undefined ? fieldNamed(user, channel) : addressesOf(user, kind)[0]?.value
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined
  return typeof value === 'string' ? value.trim() : undefined
}

function fieldNamed(user: AddressBook, name: string): unknown {
  for (const bag of [user.to, user.profile]) {
    if (bag !== undefined && Object.hasOwn(bag, name) && !isBlank(bag[name])) return bag[name]
  }
  return undefined
}

/** Absent, null, or nothing but white space: an empty cell of an export. */
export function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '')
}
