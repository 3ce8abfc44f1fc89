/**
 * The best of the available locales for the one wanted: the same, then the same language. `en_US` and `en-us` are the same locale.
 * `undefined` when none fits.
 */
export function chooseLocale(available: readonly string[], wanted: string | undefined): string | undefined {
  if (wanted === undefined) return undefined
  const tag = normalTag(wanted)
  const language = tag.split('-')[0]
  return (
    available.find((locale) => normalTag(locale) === tag) ?? available.find((locale) => normalTag(locale) === language)
  )
}

function normalTag(locale: string): string {
  return locale.trim().replaceAll('_', '-').toLowerCase()
}
