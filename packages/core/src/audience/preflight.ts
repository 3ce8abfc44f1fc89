import type { SendingDefinition } from '../model/sending.js'
import type { MaybePromise } from '../storage/storage.js'

/** A check that is to be made before a sending goes out. */
export interface PreflightCheck {
  /** Which service or test, as the sending's `tests` name it. */
  readonly type: string
  readonly sendingId: string
  readonly definition: SendingDefinition
}

export interface PreflightResult {
  readonly passed: boolean
  /** What was found; part of the refusal's message. */
  readonly reason?: string | undefined
}

/** Runs the `tests` of a sending, by whatever service the host has for them. */
export interface Preflight {
  /** Asked when the sending is sent or scheduled, once for each enabled test. One that did not pass, or a throw, refuses the send. */
  check(check: PreflightCheck): MaybePromise<PreflightResult>
}
