/** An instant as a clock in that zone shows it, such as `Sun 09:00`. */
export function timeIn(timeZone: string, at: number): string {
  const shown = new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit' })
  return shown.format(at).replace(',', '')
}
