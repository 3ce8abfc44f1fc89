import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerAddress } from 'smtp-server'

/** A real SMTP server on loopback that delivers nothing. */
export interface LoopbackServer {
  readonly url: URL
  close(): Promise<void>
}

interface Answer {
  readonly at: 'recipient' | 'data'
  readonly code: number
  readonly text: string
  /** Accepted the second time. */
  readonly isPassing: boolean
}

/** By domain, so that every run meets the same answers. Any other domain is accepted. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  'moved.example': { at: 'recipient', code: 550, text: '5.1.1 No such person here', isPassing: false },
  'strict.example': { at: 'data', code: 554, text: '5.7.1 Not wanted here', isPassing: false },
  'busy.example': { at: 'recipient', code: 450, text: '4.2.1 Mailbox busy, come again', isPassing: true },
  'slow.example': { at: 'data', code: 451, text: '4.3.0 Local error, come again', isPassing: true },
}

/** Starts a server whose answers are some 4xx and some 5xx. */
export async function startLoopbackServer(): Promise<LoopbackServer> {
  const seen = new Set<string>()
  const refusal = ({ address }: SMTPServerAddress, at: Answer['at']): Error | null => {
    const answer = ANSWERS[address.slice(address.lastIndexOf('@') + 1).toLowerCase()]
    if (answer?.at !== at || (answer.isPassing && seen.has(address))) return null
    seen.add(address)
    return Object.assign(new Error(answer.text), { responseCode: answer.code })
  }
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    onRcptTo: (recipient, _session, answer) => answer(refusal(recipient, 'recipient')),
    onData: (message, session, answer) => {
      message.resume()
      message.on('end', () => answer(session.envelope.rcptTo.map((one) => refusal(one, 'data')).find(Boolean) ?? null))
    },
  })
  // A client that is killed resets its connections.
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  return {
    url: new URL(`smtp://127.0.0.1:${port}`),
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}
