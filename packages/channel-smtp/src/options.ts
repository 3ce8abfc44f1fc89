import type { ConnectionOptions } from 'node:tls'
import type { ProviderLimits } from '@broadside/core'
import type { Transporter } from './transporter.js'

/** One address with what mail programs show instead of it. */
export interface Mailbox {
  readonly name?: string | undefined
  readonly address: string
}

/** `news@example.com`, `Example News <news@example.com>`, or the two apart. */
export type MailboxInput = string | Mailbox

export interface PasswordLogin {
  readonly user: string
  readonly pass: string
  /** SASL mechanism. Default: the first one that the server offers. */
  readonly method?: string | undefined
}

export interface OAuth2Login {
  readonly type: 'OAuth2'
  readonly user: string
  readonly accessToken?: string | undefined
  /** When the access token ends, in ms since the epoch. */
  readonly expires?: number | undefined
  readonly clientId?: string | undefined
  readonly clientSecret?: string | undefined
  readonly refreshToken?: string | undefined
  /** Where a refresh token is turned into an access token. Default: Google's. */
  readonly accessUrl?: string | undefined
}

/** Where the server is and how to talk to it. */
export interface SmtpServerOptions {
  /** `smtp://user:password@host:port`, or `smtps://` for TLS from the first byte. Percent-encode what is special in user and password. */
  readonly url?: string | undefined
  readonly host?: string | undefined
  /** Default 587, or 465 with `secure`. */
  readonly port?: number | undefined
  /** TLS from the first byte. Default: only on port 465. Otherwise the connection is upgraded if the server offers STARTTLS. */
  readonly secure?: boolean | undefined
  /** Send nothing over a connection that can't be upgraded. Default false. */
  readonly requireTls?: boolean | undefined
  /** Don't upgrade even if the server offers it. Default false. */
  readonly ignoreTls?: boolean | undefined
  readonly auth?: PasswordLogin | OAuth2Login | undefined
  /** Passed to `node:tls`. */
  readonly tls?: ConnectionOptions | undefined
  /** What this client calls itself in EHLO. Default: the host's name. */
  readonly localName?: string | undefined
  /** From the DNS lookup to the end of STARTTLS. Default 60 s. */
  readonly connectionTimeoutMs?: number | undefined
  /** From the connection to the server's greeting. Default 30 s. */
  readonly greetingTimeoutMs?: number | undefined
  /**
   * Silence in a session. Default 10 minutes: RFC 5321 gives a server that long to answer a message, and giving up earlier means not
   * knowing whether it went out.
   */
  readonly socketTimeoutMs?: number | undefined
}

export interface DkimOptions {
  readonly domainName: string
  readonly keySelector: string
  /** PEM. */
  readonly privateKey: string
}

export interface SmtpChannelOptions extends SmtpServerOptions {
  /** Name of the provider, unique in an engine. Default `smtp`. */
  readonly name?: string | undefined
  /** Sender of messages that name none. */
  readonly from?: MailboxInput | undefined
  /** Where answers go, for messages that don't say. */
  readonly replyTo?: MailboxInput | undefined
  /** Headers of every message; a message's own win. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Right side of the `Message-ID`. Default: the sender's domain. */
  readonly messageIdDomain?: string | undefined
  readonly dkim?: DkimOptions | undefined
  /** Connections at once, and messages at once. Default 5. */
  readonly maxConnections?: number | undefined
  /** After so many a connection is closed and a new one opened. Default 100. */
  readonly maxMessagesPerConnection?: number | undefined
  readonly rate?: ProviderLimits['rate']
  /**
   * A nodemailer transporter of one's own, used instead of a pool of ours and never closed. Where to send is then its affair, and so is
   * what the other options say about server, pool and DKIM.
   */
  readonly transporter?: Transporter | undefined
}
