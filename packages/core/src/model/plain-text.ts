/** Text that every database stores and compares as it is: no control characters (NUL among them), no half of a surrogate pair. */
export function isPlainText(text: string): boolean {
  return text.isWellFormed() && !/\p{Cc}/u.test(text)
}

/** Foreign text made plain, and cut to `limit` characters; what was a control character is a space. */
export function plainText(text: string, limit: number): string {
  return text
    .slice(0, limit)
    .toWellFormed()
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
}
