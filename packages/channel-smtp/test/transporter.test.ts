import { createTransport } from 'nodemailer'
import { describe, expect, it } from 'vitest'
import { smtpChannel, type Transporter } from '../src/index.js'
import { live, outgoing } from './outgoing.js'
import { hangUp, says } from './scripted-server.js'
import { afterwards, serverWith } from './set-up.js'

const plainMail = {
  envelope: {
    from: { name: '', address: 'a@sender.test' },
    to: [{ name: '', address: 'b@example.test' }] as [{ name: string; address: string }],
  },
  from: { name: '', address: 'a@sender.test' },
  to: { name: '', address: 'b@example.test' },
  subject: 'own',
  headers: {},
  attachments: [],
  disableFileAccess: true as const,
  disableUrlAccess: true as const,
}

describe('a transporter of the host', () => {
  function own(port: number, pool: boolean): Transporter & { close(): void } {
    const transporter = pool
      ? createTransport({ pool: true, host: '127.0.0.1', port })
      : createTransport({ host: '127.0.0.1', port })
    afterwards(() => transporter.close())
    return transporter
  }

  it.each([true, false])('is used, followed, and never closed (pooled: %s)', async (pool) => {
    const server = await serverWith()
    const transporter = own(server.port, pool)
    for (const name of ['one', 'two']) {
      const channel = smtpChannel({ name, transporter })
      await channel.verify()
      expect(await channel.send(outgoing(), live)).toMatchObject({ type: 'sent' })
      await channel.close()
    }
    expect(server.messages).toHaveLength(2)
    await transporter.sendMail({ ...plainMail, messageId: '<own@sender.test>' })
    expect(server.messages).toHaveLength(3)
  })

  it.each([true, false])('gives the same outcomes (pooled: %s)', async (pool) => {
    const lost = await serverWith({ misbehaves: { dot: hangUp } })
    expect(await smtpChannel({ transporter: own(lost.port, pool) }).send(outgoing(), live)).toMatchObject({
      type: 'unknown',
    })
    const before = await serverWith({ misbehaves: { RCPT: hangUp } })
    expect(await smtpChannel({ transporter: own(before.port, pool) }).send(outgoing(), live)).toMatchObject({
      type: 'retryable',
      scope: 'item',
    })
    const refusing = await serverWith({ misbehaves: { greeting: says('554 no') } })
    expect(await smtpChannel({ transporter: own(refusing.port, pool) }).send(outgoing(), live)).toMatchObject({
      type: 'retryable',
      scope: 'provider',
    })
  })

  it('may be something else: what can not be followed is unknown when it fails', async () => {
    const mails: unknown[] = []
    const channel = smtpChannel({
      transporter: {
        use: () => {},
        sendMail: async (mail) => {
          mails.push(mail)
          if (mails.length > 1) throw Object.assign(new Error('read ECONNRESET'), { code: 'ESOCKET', syscall: 'read' })
          return { messageId: '<x@y>' }
        },
      },
    })
    await channel.verify()
    expect(await channel.send(outgoing(), live)).toEqual({ type: 'sent', receipt: '<x@y>' })
    expect(mails[0]).toMatchObject({
      envelope: { from: { address: 'news@sender.test' }, to: [{ address: 'ann@example.test' }] },
      disableFileAccess: true,
      disableUrlAccess: true,
    })
    expect(await channel.send(outgoing(), live)).toMatchObject({ type: 'unknown', code: 'SMTP_CONNECTION' })
  })

  it('tells of refusals within a delivery, as LMTP has them', async () => {
    const rejectedErrors = [
      Object.assign(new Error('no'), { code: 'EMESSAGE', responseCode: 550, response: '550 5.2.1 mailbox disabled' }),
    ]
    const lmtp: Transporter = {
      sendMail: async () => ({ accepted: [], rejected: ['ann@example.test'], rejectedErrors }),
    }
    expect(await smtpChannel({ transporter: lmtp }).send(outgoing(), live)).toMatchObject({
      type: 'rejected',
      code: 'SMTP_550',
    })
  })
})
