import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

/** An SMTP server that takes everything and keeps the ledger: what arrived, for whom. */
export class ReceivingServer {
  /** `Message-ID`s by address, one for each arrival. */
  readonly ledger = new Map<string, string[]>()
  arrived = 0
  readonly #server: SMTPServer
  readonly #waiting = new Set<() => void>()

  private constructor(options: SMTPServerOptions) {
    this.#server = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      authOptional: true,
      logger: false,
      onData: (message, session, answer) => {
        const chunks: Buffer[] = []
        message.on('data', (chunk: Buffer) => chunks.push(chunk))
        message.on('end', () => {
          const messageId = /^message-id: *(\S+)/im.exec(Buffer.concat(chunks).toString('utf8'))?.[1] ?? ''
          for (const { address } of session.envelope.rcptTo) this.#enter(address, messageId)
          answer()
        })
      },
      ...options,
    })
    // Clients that are killed reset their connections.
    this.#server.on('error', () => undefined)
  }

  static async start(options: SMTPServerOptions = {}): Promise<ReceivingServer> {
    const receiving = new ReceivingServer(options)
    await new Promise<void>((resolve) => receiving.#server.listen(0, '127.0.0.1', resolve))
    return receiving
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.port}`
  }

  /** Resolves when this many messages have arrived. */
  async until(count: number): Promise<void> {
    while (this.arrived < count) await new Promise<void>((resolve) => this.#waiting.add(resolve))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return new Promise((resolve) => this.#server.close(resolve))
  }

  #enter(address: string, messageId: string): void {
    this.ledger.set(address, [...(this.ledger.get(address) ?? []), messageId])
    this.arrived += 1
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}
