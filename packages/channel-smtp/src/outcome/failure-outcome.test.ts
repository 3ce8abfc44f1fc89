import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HandoverStage } from '../handover.js'
import { failureOutcome } from './failure-outcome.js'
import { smtpFailure } from './smtp-failure.js'

const asIs = (text: string): string => text
const CODES = [
  'ECONNECTION',
  'ESOCKET',
  'ETIMEDOUT',
  'EDNS',
  'ETLS',
  'EPROTOCOL',
  'EENVELOPE',
  'EMESSAGE',
  'EAUTH',
  'ESTREAM',
  'ESES',
  undefined,
]
const STAGES: readonly HandoverStage[] = ['connecting', 'envelope', 'transmitting', 'transmitted', 'untracked']

const failure = fc.record({
  code: fc.constantFrom(...CODES),
  responseCode: fc.option(fc.integer({ min: 200, max: 599 }), { nil: undefined }),
  response: fc.string(),
  syscall: fc.constantFrom(undefined, 'connect', 'read'),
})

describe('failureOutcome', () => {
  it('property: never takes for unsent what the server may have', () => {
    fc.assert(
      fc.property(failure, fc.constantFrom('transmitted', 'untracked'), (error, stage) => {
        const outcome = failureOutcome(smtpFailure(error, asIs), stage)
        const refused = error.responseCode !== undefined && error.responseCode >= 400
        const beforehand =
          /^(?:EAUTH|EENVELOPE)$/.test(error.code ?? '') ||
          (stage === 'untracked' && (error.syscall === 'connect' || /^(?:EDNS|ETLS)$/.test(error.code ?? '')))
        if (!refused && !beforehand) expect(outcome.type).toBe('unknown')
      }),
    )
  })

  it('property: never doubts what the server can not have', () => {
    fc.assert(
      fc.property(failure, fc.constantFrom('connecting', 'envelope'), (error, stage) => {
        if (error.code !== 'EMESSAGE') expect(failureOutcome(smtpFailure(error, asIs), stage).type).not.toBe('unknown')
      }),
    )
  })

  it('property: makes the whole provider wait for 421, logins, and where there is no session', () => {
    fc.assert(
      fc.property(failure, fc.constantFrom(...STAGES), (error, stage) => {
        const outcome = failureOutcome(smtpFailure(error, asIs), stage)
        if (error.code === 'EAUTH' || error.responseCode === 421)
          expect(outcome).toMatchObject({ type: 'retryable', scope: 'provider' })
        if (stage === 'connecting' && error.code === 'ESOCKET')
          expect(outcome).toMatchObject({ type: 'retryable', scope: 'provider' })
      }),
    )
  })

  it('takes a system code for what it is when a transporter can not be watched', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ESOCKET', syscall: 'connect' })
    expect(failureOutcome(smtpFailure(refused, asIs), 'untracked')).toMatchObject({
      type: 'retryable',
      scope: 'provider',
      code: 'SMTP_CONNECTION',
    })
    const lost = Object.assign(new Error('read ECONNRESET'), { code: 'ESOCKET', syscall: 'read' })
    expect(failureOutcome(smtpFailure(lost, asIs), 'untracked')).toMatchObject({
      type: 'unknown',
      code: 'SMTP_CONNECTION',
    })
  })

  it('knows that an answer within the envelope comes before the message, however odd', () => {
    const odd = Object.assign(new Error('Recipient command failed: hm'), { code: 'EENVELOPE', response: 'hm' })
    const outcome = { type: 'retryable', scope: 'item', code: 'SMTP_PROTOCOL' }
    for (const stage of STAGES) expect(failureOutcome(smtpFailure(odd, asIs), stage)).toMatchObject(outcome)
  })

  it('reads anything that is thrown', () => {
    for (const thrown of ['text', undefined, null, 7, { code: 5, responseCode: '550' }]) {
      expect(failureOutcome(smtpFailure(thrown, asIs), 'transmitted')).toMatchObject({
        type: 'unknown',
        code: 'SMTP_FAILED',
      })
    }
  })
})
