import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { readLines } from './lines.js'
import type { DeliveryAnswer, DeliveryRequest, WireOutcome } from './wire.js'

/** A worker's connection to the receiving side, kept for all it sends. */
export class Connection {
  readonly #socket: Socket
  readonly #waiting = new Map<number, (outcomes: readonly WireOutcome[]) => void>()
  #requests = 0

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('error', () => {})
    readLines(socket, (line) => this.#answered(JSON.parse(line) as DeliveryAnswer))
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return new Connection(socket)
  }

  deliver(delivery: Omit<DeliveryRequest, 'request'>): Promise<readonly WireOutcome[]> {
    const request = ++this.#requests
    return new Promise((resolve) => {
      this.#waiting.set(request, resolve)
      this.#socket.write(`${JSON.stringify({ request, ...delivery })}\n`)
    })
  }

  #answered({ request, outcomes }: DeliveryAnswer): void {
    this.#waiting.get(request)?.(outcomes)
    this.#waiting.delete(request)
  }
}
