/**
 * The best of the available locales for the one wanted: the same, then the closest that it is a special case of, as in RFC 4647: for
 * `zh-Hant-TW` that is `zh-Hant`, then `zh`. `en_US` and `en-us` are the same locale. `undefined` when none fits.
 */
export function chooseLocale(available: readonly string[], wanted: string | undefined): string | undefined {
  if (wanted === undefined) return undefined
  const wantedTag = `${normalTag(wanted)}-`
  let best: string | undefined
  let bestLength = 1
  for (const locale of available) {
    const tag = `${normalTag(locale)}-`
    if (tag.length <= bestLength || !wantedTag.startsWith(tag)) continue
    best = locale
    bestLength = tag.length
  }
  return best
}

function normalTag(locale: string): string {
  return locale.trim().replaceAll('_', '-').toLowerCase()
}
