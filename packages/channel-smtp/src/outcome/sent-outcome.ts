import type { SendOutcome } from '@broadside/core'
import type { HandoverStage } from '../handover.js'
import { failureOutcome } from './failure-outcome.js'
import type { Redact } from './redact.js'
import { oneLine } from './reply.js'
import { smtpFailure } from './smtp-failure.js'

/** Reads what nodemailer resolved with. LMTP answers for each recipient, and so may refuse ours in a delivery that worked. */
export function sentOutcome(info: unknown, stage: HandoverStage, redact: Redact): SendOutcome {
  const accepted = listOf(info, 'accepted')
  const [refusal] = listOf(info, 'rejectedErrors')
  if (refusal !== undefined && accepted.length === 0) return failureOutcome(smtpFailure(refusal, redact), stage)
  const receipt = textOf(info, 'response') ?? textOf(info, 'messageId')
  return receipt === undefined ? { type: 'sent' } : { type: 'sent', receipt: oneLine(redact(receipt)) }
}

/** Whether the server of that delivery offered SMTPUTF8, where nodemailer says. */
export function offeredSmtpUtf8(info: unknown): boolean | undefined {
  const lines = listOf(info, 'ehlo')
  return lines.length === 0 ? undefined : lines.some((line) => /^SMTPUTF8\b/i.test(String(line)))
}

function listOf(info: unknown, field: string): readonly unknown[] {
  const value = fieldOf(info, field)
  return Array.isArray(value) ? value : []
}

function textOf(info: unknown, field: string): string | undefined {
  const value = fieldOf(info, field)
  return typeof value === 'string' && value !== '' ? value : undefined
}

function fieldOf(info: unknown, field: string): unknown {
  return typeof info === 'object' && info !== null ? Reflect.get(info, field) : undefined
}
