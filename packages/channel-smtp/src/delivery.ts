import type { OutgoingMessage, SendContext, SendOutcome } from '@broadside/core'
import { onAbort } from './abort-watch.js'
import { Handover } from './handover.js'
import { composeMail, type MailDefaults } from './mail/compose-mail.js'
import { needsSmtpUtf8 } from './mail/mailbox.js'
import { Refused } from './mail/refused.js'
import { ABORTED, failureOutcome } from './outcome/failure-outcome.js'
import type { Redact } from './outcome/redact.js'
import { offeredSmtpUtf8, sentOutcome } from './outcome/sent-outcome.js'
import { smtpFailure } from './outcome/smtp-failure.js'
import type { SmtpUtf8Support } from './smtp-utf8.js'
import type { OutgoingMail, Transporter } from './transporter.js'

interface DeliveryParams {
  readonly transporter: Transporter
  readonly defaults: MailDefaults
  readonly smtpUtf8: SmtpUtf8Support
  readonly redact: Redact
}

/** Sends messages one by one, and says what became of each. */
export class Delivery {
  readonly #params: DeliveryParams

  constructor(params: DeliveryParams) {
    this.#params = params
  }

  async send(message: OutgoingMessage, { signal }: SendContext): Promise<SendOutcome> {
    if (signal.aborted) return ABORTED
    try {
      const mail = composeMail(message, this.#params.defaults)
      const missing = await this.#missingSmtpUtf8(mail)
      if (missing) return missing
      return signal.aborted ? ABORTED : await this.#handOver(mail, signal)
    } catch (error) {
      if (error instanceof Refused) return { type: 'rejected', code: error.code, reason: error.message }
      throw error
    }
  }

  /** An abort takes back what still waits for a session; once there is one, the message is finished. */
  async #handOver(mail: OutgoingMail, signal: AbortSignal): Promise<SendOutcome> {
    const { transporter, smtpUtf8, redact } = this.#params
    const handover = new Handover(transporter)
    const takeBack = new AbortController()
    const forget = onAbort(signal, () => {
      if (handover.stage === 'connecting') takeBack.abort()
    })
    try {
      const info = await transporter.sendMail({ ...mail, ...handover.mark, signal: takeBack.signal })
      smtpUtf8.learn(offeredSmtpUtf8(info))
      return sentOutcome(info, handover.stage, redact)
    } catch (error) {
      return failureOutcome(smtpFailure(error, redact), handover.stage)
    } finally {
      forget()
    }
  }

  async #missingSmtpUtf8({ from, to }: OutgoingMail): Promise<SendOutcome | undefined> {
    const address = [to.address, from.address].find(needsSmtpUtf8)
    if (address === undefined) return undefined
    try {
      if ((await this.#params.smtpUtf8.isOffered()) !== false) return undefined
    } catch (error) {
      return failureOutcome(smtpFailure(error, this.#params.redact), 'connecting')
    }
    throw new Refused(
      'SMTPUTF8_NOT_OFFERED',
      `the server takes no letters beyond ASCII left of the @, as in ${address}`,
    )
  }
}
