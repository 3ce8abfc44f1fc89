import {
  BroadsideError,
  type ChannelProvider,
  type OutgoingMessage,
  type SendContext,
  type SendOutcome,
} from '@broadside/core'
import { Delivery } from './delivery.js'
import type { MailDefaults } from './mail/compose-mail.js'
import { readHeaders } from './mail/headers.js'
import { mailbox, plainAddress } from './mail/mailbox.js'
import { domainOf } from './mail/message-id.js'
import { Refused } from './mail/refused.js'
import type { SmtpChannelOptions } from './options.js'
import { redactor } from './outcome/redact.js'
import { smtpFailure } from './outcome/smtp-failure.js'
import { createPool } from './pool.js'
import { type ServerOptions, serverOptions } from './server-options.js'
import { SmtpUtf8Support } from './smtp-utf8.js'
import type { Transporter } from './transporter.js'

/** {@link ChannelProvider} for mail. Its functions may be taken off and used by themselves. */
export interface SmtpChannel extends ChannelProvider {
  readonly send: (message: OutgoingMessage, context: SendContext) => Promise<SendOutcome>
  /** @throws BroadsideError `CHANNEL_NOT_AVAILABLE` that says in one line what is wrong. */
  readonly verify: () => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * Mail over SMTP, on a pool of nodemailer's.
 *
 * - One message, one recipient: the envelope holds exactly the item's address. Messages take `subject`, `text`, `html`, `from`, `replyTo`,
 *   `headers` and `attachments` of the content.
 * - The item's `messageId` becomes the `Message-ID`, the same on each attempt. SMTP has no idempotency beyond that.
 * - No connection is opened before the first message, or `verify`.
 *
 * @throws BroadsideError `INVALID_INPUT` for options that make no sense.
 */
export function smtpChannel(options: SmtpChannelOptions): SmtpChannel {
  const { name = 'smtp', maxConnections = 5 } = options
  if (!Number.isInteger(maxConnections) || maxConnections < 1) {
    throw new BroadsideError('INVALID_INPUT', 'maxConnections must be a whole number from 1')
  }
  const defaults = mailDefaults(options)
  const { transporter, server, closeTransporter }: Carrier = options.transporter
    ? { transporter: options.transporter }
    : ownPool({ ...options, maxConnections })
  const redact = redactor(server?.auth)
  const delivery = new Delivery({ transporter, defaults, smtpUtf8: new SmtpUtf8Support(server), redact })
  let closed = false
  return {
    channel: 'email',
    name,
    limits: { concurrency: maxConnections, rate: options.rate },
    send: async (message, context) => (closed ? CLOSED : delivery.send(message, context)),
    verify: async () => {
      try {
        await transporter.verify?.()
      } catch (error) {
        // Without `cause`: what it holds besides the message is not ours to vouch for.
        throw new BroadsideError(
          'CHANNEL_NOT_AVAILABLE',
          `${name}: ${placeOf(server)}${smtpFailure(error, redact).message}`,
        )
      }
    },
    close: async () => {
      closed = true
      closeTransporter?.()
    },
  }
}

interface Carrier {
  readonly transporter: Transporter
  readonly server?: ServerOptions
  readonly closeTransporter?: () => void
}

function ownPool(options: SmtpChannelOptions): Carrier {
  const server = serverOptions(options)
  const pool = createPool(server, options)
  return { transporter: pool, server, closeTransporter: () => pool.close() }
}

const CLOSED: SendOutcome = {
  type: 'retryable',
  code: 'SMTP_CLOSED',
  reason: 'the channel is closed',
  scope: 'provider',
}

function placeOf(server: ServerOptions | undefined): string {
  return server ? `${server.host}${server.port === undefined ? '' : `:${server.port}`}: ` : ''
}

function mailDefaults(options: SmtpChannelOptions): MailDefaults {
  try {
    return {
      from: options.from === undefined ? undefined : mailbox(options.from, 'from'),
      replyTo: options.replyTo === undefined ? undefined : mailbox(options.replyTo, 'replyTo'),
      headers: readHeaders(options.headers),
      messageIdDomain:
        options.messageIdDomain && domainOf(plainAddress(`id@${options.messageIdDomain}`, 'messageIdDomain')),
    }
  } catch (error) {
    if (error instanceof Refused) throw new BroadsideError('INVALID_INPUT', error.message)
    throw error
  }
}
