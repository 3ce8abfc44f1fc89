import type { IngestUser } from '../model/user.js'
import { isBlank } from './address-book.js'
import { mergeData } from './data-precedence.js'

/**
 * What a template sees: message data, under the recipient's `to.data`, under the user's own `data`. Where no data goes by those names,
 * `profile` and `recipient` are there too.
 */
export function renderData(params: {
  readonly messageData: Readonly<Record<string, unknown>> | undefined
  readonly user: IngestUser
  readonly recipient: string
}): Readonly<Record<string, unknown>> {
  const { messageData, user, recipient } = params
  return mergeData({ profile: user.profile ?? {}, recipient }, messageData, user.to?.data, user.data)
}

/** The recipient's locale, if it says one: `to.locale`, then `profile.locale`. */
export function localeOf(user: IngestUser): string | undefined {
  const locale = isBlank(user.to?.locale) ? user.profile?.locale : user.to?.locale
  return typeof locale === 'string' && !isBlank(locale) ? locale : undefined
}
