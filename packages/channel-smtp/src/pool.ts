import { createPrivateKey } from 'node:crypto'
import { BroadsideError } from '@broadside/core'
import { createTransport } from 'nodemailer'
import type { DkimOptions, SmtpChannelOptions } from './options.js'
import type { ServerOptions } from './server-options.js'
import type { Transporter } from './transporter.js'

/** Options of nodemailer's own `SMTPConnection`. */
export function connectionOptions(server: ServerOptions) {
  return {
    host: server.host,
    port: server.port,
    secure: server.secure ?? server.port === 465,
    requireTLS: server.requireTls,
    ignoreTLS: server.ignoreTls,
    tls: server.tls,
    name: server.localName,
    connectionTimeout: server.connectionTimeoutMs ?? 60_000,
    greetingTimeout: server.greetingTimeoutMs ?? 30_000,
    socketTimeout: server.socketTimeoutMs ?? 600_000,
  }
}

/** nodemailer signs with RSA, and sends messages unsigned when it can't. */
function checkedDkim(dkim: DkimOptions | undefined): DkimOptions | undefined {
  if (!dkim) return undefined
  try {
    if (createPrivateKey(dkim.privateKey).asymmetricKeyType === 'rsa') return dkim
  } catch {
    // Said below; what `node:crypto` says may show the key.
  }
  throw new BroadsideError('INVALID_INPUT', 'dkim.privateKey must be an RSA private key in PEM')
}

export interface Pool extends Transporter {
  verify(): Promise<unknown>
  close(): void
}

/** A nodemailer pool. It opens connections when there are messages for them. */
export function createPool(server: ServerOptions, options: SmtpChannelOptions): Pool {
  const pool = createTransport({
    ...connectionOptions(server),
    pool: true,
    auth: server.auth,
    dkim: checkedDkim(options.dkim),
    maxConnections: options.maxConnections,
    maxMessages: options.maxMessagesPerConnection ?? 100,
    // A connection that the server closed while it was idle is replaced once; anything beyond is for the engine to retry and to count.
    maxRequeues: 1,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  // What concerns a message is in its outcome; without a listener, anything else would end the process.
  pool.on('error', () => {})
  return pool
}
