import type { OutgoingMessage, SendContext } from '@broadside/core'

export const live: SendContext = { signal: new AbortController().signal }

export function outgoing(content: Record<string, unknown> = {}, rest: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return {
    messageId: 'm-1',
    jobId: 'job',
    recipient: 'ann',
    channel: 'email',
    address: 'ann@example.test',
    content: { subject: 'Hello', text: 'Dear Ann', from: 'News <news@sender.test>', ...content },
    attempt: 1,
    ...rest,
  }
}
