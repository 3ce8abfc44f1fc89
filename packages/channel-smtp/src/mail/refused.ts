/**
 * Thrown while a message is put together, and turned into a `rejected` outcome at one place.
 *
 * - `INVALID_HEADER`: a line break or another control character where a header goes, or a header that may not be set.
 * - `INVALID_ADDRESS`: not one mail address.
 * - `INVALID_CONTENT`, `INVALID_ATTACHMENT`: a field of the wrong kind.
 * - `EMPTY_MESSAGE`: neither subject nor text nor html.
 * - `NO_SENDER`: neither the message nor the channel names one.
 * - `SMTPUTF8_NOT_OFFERED`: letters beyond ASCII left of the `@`, which the server does not take.
 */
export type RefusalCode =
  | 'INVALID_HEADER'
  | 'INVALID_ADDRESS'
  | 'INVALID_CONTENT'
  | 'INVALID_ATTACHMENT'
  | 'EMPTY_MESSAGE'
  | 'NO_SENDER'
  | 'SMTPUTF8_NOT_OFFERED'

/** The message can't be sent as it is, now or later. */
export class Refused extends Error {
  readonly code: RefusalCode

  constructor(code: RefusalCode, reason: string) {
    super(reason)
    this.code = code
  }
}
