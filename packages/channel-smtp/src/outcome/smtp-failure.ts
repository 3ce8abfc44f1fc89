import type { Redact } from './redact.js'
import { oneLine, type Reply } from './reply.js'

/** What nodemailer says of a failure, as far as it is used. */
export interface SmtpFailure {
  /** nodemailer's own code, such as `EENVELOPE`. */
  readonly code: string | undefined
  /** The server's reply to the command that failed. */
  readonly reply: Reply | undefined
  /** It was a connection that could not be made. */
  readonly unconnected: boolean
  readonly message: string
}

/** Reads an error without trusting its shape: it may come from a transporter of the host's own. */
export function smtpFailure(error: unknown, redact: Redact): SmtpFailure {
  const field = (name: string): unknown =>
    typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined
  const code = text(field('code'))
  return {
    code,
    reply: replyOf(field('responseCode'), redact(text(field('response')) ?? '')),
    unconnected:
      field('syscall') === 'connect' || /^(?:CONNECT|GREETING|UPGRADE)_TIMEOUT$/.test(text(field('timeoutType')) ?? ''),
    message: oneLine(redact(text(error) ?? text(field('message')) ?? code ?? 'failed without a reason')),
  }
}

function replyOf(responseCode: unknown, response: string): Reply | undefined {
  if (typeof responseCode !== 'number' || responseCode < 400 || responseCode > 599) return undefined
  return { code: responseCode, text: oneLine(response) || String(responseCode) }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
