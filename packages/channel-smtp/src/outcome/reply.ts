/** What a server said. */
export interface Reply {
  readonly code: number
  readonly text: string
}

const MAX_LENGTH = 300

/** Fit for a log line: one line, no control characters, not too long. */
export function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
  const line = text.replace(/[\u0000-\u0020\u007F-\u009F\u2028\u2029]+/g, ' ').trim()
  return line.length <= MAX_LENGTH ? line : `${line.slice(0, MAX_LENGTH - 1)}…`
}

/** Enhanced status codes by which a server says that it takes nothing at present: full, not accepting, congested. RFC 3463. */
const SERVER_BUSY = /^\d{3}[ -]4\.(?:3\.[12]|4\.5)\b/
/** Those that speak of this recipient or this message. */
const ABOUT_ONE = /^\d{3}[ -]4\.(?:[126]\.\d+|5\.3)\b|mailbox|recipient|\buser\b|over ?quota|gr[ae]y-?list/i
const TOO_MUCH =
  /too many (?:messages|e?-?mails|connections|concurrent|sessions|requests)|too much mail|throttl|rate.{0,5}limit|(?:sending|message|connection|submission) (?:rate|quota|limit)|daily.{0,20}(?:quota|limit)|exceed.{0,30}(?:rate|quota|limit)|slow down/i

/** Whether a 4xx reply means the sender as a whole, not this message: then everything has to wait, and no attempt is used up. */
export function limitsEverybody({ text }: Reply): boolean {
  if (SERVER_BUSY.test(text)) return true
  return TOO_MUCH.test(text) && !ABOUT_ONE.test(text)
}

const UNIT_MS: { readonly [unit: string]: number } = { s: 1_000, m: 60_000, h: 3_600_000 }
const GREYLISTED = /gr[ae]y-?list/i
const GREYLIST_DELAY_MS = 300_000
const MAX_DELAY_MS = 3_600_000

/** How long a server asks to wait, if it does. Greylisting takes minutes, far longer than a usual first retry. */
export function askedDelayMs({ text }: Reply): number | undefined {
  const [, amount, unit] = /\b(?:in|after|for|wait)\s+(\d{1,5})\s*(s|m|h)(?:ec|in|our)?/i.exec(text) ?? []
  if (amount && unit) return Math.min(Number(amount) * (UNIT_MS[unit.toLowerCase()] ?? 0), MAX_DELAY_MS)
  return GREYLISTED.test(text) ? GREYLIST_DELAY_MS : undefined
}
