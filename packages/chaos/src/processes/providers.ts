import type { ChannelProvider, OutgoingMessage, SendOutcome } from '@broadside/core'
import type { LeaseBook } from '../evidence/lease-book.js'
import type { Connection } from '../receiver/connection.js'
import type { WireOutcome } from '../receiver/wire.js'
import type { WorkerSettings } from './process-settings.js'

interface Ports {
  readonly settings: WorkerSettings
  readonly book: LeaseBook
  readonly connection: Connection
}

const OUTCOMES: Readonly<Record<WireOutcome, SendOutcome>> = {
  taken: { type: 'sent' },
  busy: { type: 'retryable', code: 'BUSY', reason: 'try again' },
  refused: { type: 'rejected', code: 'REFUSED', reason: 'no such recipient' },
}

/** E-mail goes in batches, texts one by one: both ways that a provider can be written. */
export function providersOf({ settings, book, connection }: Ports): ChannelProvider[] {
  const handOver = async (messages: readonly OutgoingMessage[], signal: AbortSignal): Promise<SendOutcome[]> => {
    const [first] = messages
    if (first === undefined) return []
    const lease = book.leaseOf(first.messageId, signal)
    const outcomes = await connection.deliver({
      boot: settings.boot,
      jobId: first.jobId,
      ...lease,
      messages: messages.map(({ messageId, recipient }) => ({ messageId, recipient })),
    })
    return outcomes.map((outcome) => OUTCOMES[outcome])
  }
  const email: ChannelProvider = {
    channel: 'email',
    name: 'in-batches',
    limits: { concurrency: 4, batchSize: 10, rate: settings.rates.email },
    sendBatch: (messages, { signal }) => handOver(messages, signal),
  }
  const sms: ChannelProvider = {
    channel: 'sms',
    name: 'one-by-one',
    limits: { concurrency: 16, rate: settings.rates.sms },
    send: async (message, { signal }) => (await handOver([message], signal))[0] ?? { type: 'unknown' },
  }
  return [email, sms].filter(({ channel }) => settings.channels.some((one) => one === channel))
}
