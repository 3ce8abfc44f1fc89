import type { SendOutcome } from '@broadside/core'
import type { HandoverStage } from '../handover.js'
import { askedDelayMs, limitsEverybody, type Reply } from './reply.js'
import type { SmtpFailure } from './smtp-failure.js'

/** A login that failed, or that the server says it wants. */
const LOGIN_CODES = new Set(['EAUTH', 'ENOAUTH', 'EOAUTH2'])
const LOGIN_REPLIES = new Set([530, 534, 535, 538])
/** nodemailer's codes for a connection that failed or was lost, and what they are called here. */
const CONNECTION_CODES: { readonly [code: string]: string | undefined } = {
  ECONNECTION: 'SMTP_CONNECTION',
  ESOCKET: 'SMTP_CONNECTION',
  EPROXY: 'SMTP_CONNECTION',
  ERR_ACCESS_DENIED: 'SMTP_CONNECTION',
  EDNS: 'SMTP_DNS',
  ETLS: 'SMTP_TLS',
  ETIMEDOUT: 'SMTP_TIMEOUT',
  EPROTOCOL: 'SMTP_PROTOCOL',
}
/** These fail before a session stands, whatever else is known. */
const BEFORE_SESSION = new Set(['EDNS', 'ETLS', 'EPROXY'])

/**
 * What a failure means for the message, by the server's reply and by how far the message had come.
 *
 * No session: the whole provider waits. A reply decides by itself. Otherwise the connection went away: before the message's end was
 * written it was certainly not sent, afterwards nobody knows.
 */
export function failureOutcome(failure: SmtpFailure, stage: HandoverStage): SendOutcome {
  if (failure.code === 'EABORT') return ABORTED
  if (isLogin(failure)) return waiting('SMTP_AUTH', failure)
  if (failure.reply?.code === 421) return waiting('SMTP_421', failure)
  if (hasNoSession(failure, stage)) return waiting(codeOf(failure), failure)
  if (failure.reply) return replyOutcome(failure.reply)
  return lostOutcome(failure, stage)
}

/** Nothing was begun, so nothing is counted. */
export const ABORTED: SendOutcome = {
  type: 'retryable',
  code: 'ABORTED',
  reason: 'stopped before it was begun',
  scope: 'item',
}

function isLogin({ code, reply }: SmtpFailure): boolean {
  return LOGIN_CODES.has(code ?? '') || LOGIN_REPLIES.has(reply?.code ?? 0)
}

/** A message in its envelope may have lost an idle connection and be waiting for another. */
function hasNoSession({ code = '', unconnected }: SmtpFailure, stage: HandoverStage): boolean {
  if (stage === 'connecting') return Object.hasOwn(CONNECTION_CODES, code)
  const mayHaveNone = stage === 'untracked' || stage === 'envelope'
  return mayHaveNone && (unconnected || BEFORE_SESSION.has(code))
}

/** 503 says that the session was out of step, not that the message is bad. */
function replyOutcome(reply: Reply): SendOutcome {
  const code = `SMTP_${reply.code}`
  if (reply.code >= 500 && reply.code !== 503) return { type: 'rejected', code, reason: reply.text }
  const scope = reply.code < 500 && limitsEverybody(reply) ? 'provider' : 'item'
  return { type: 'retryable', code, reason: reply.text, scope, ...delay(reply) }
}

function lostOutcome(failure: SmtpFailure, stage: HandoverStage): SendOutcome {
  const outcome = { code: codeOf(failure), reason: failure.message }
  const unknown = isUnknown(failure, stage)
  return unknown ? { type: 'unknown', ...outcome } : { type: 'retryable', ...outcome, scope: 'item' }
}

/**
 * `EMESSAGE` without a reply code is gibberish in answer to the message: the connection still stands then, and the rest of the message
 * may have followed. `EENVELOPE` always comes before it.
 */
function isUnknown({ code }: SmtpFailure, stage: HandoverStage): boolean {
  if (code === 'EENVELOPE') return false
  return stage === 'transmitted' || stage === 'untracked' || code === 'EMESSAGE'
}

function waiting(code: string, { reply, message }: SmtpFailure): SendOutcome {
  return { type: 'retryable', code, reason: reply?.text ?? message, scope: 'provider', ...(reply ? delay(reply) : {}) }
}

function codeOf({ code = '', reply }: SmtpFailure): string {
  if (reply) return `SMTP_${reply.code}`
  if (code === 'EENVELOPE' || code === 'EMESSAGE') return 'SMTP_PROTOCOL'
  return CONNECTION_CODES[code] ?? 'SMTP_FAILED'
}

function delay(reply: Reply): { readonly retryAfterMs?: number } {
  const retryAfterMs = askedDelayMs(reply)
  return retryAfterMs === undefined ? {} : { retryAfterMs }
}
