const SHOWN = 64

/** Foreign text as an error message shows it: in quotes, escaped, cut where it is long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text)
}
