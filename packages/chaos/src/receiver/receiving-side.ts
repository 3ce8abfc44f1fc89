import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { Chance } from '../random.js'
import { Ledger } from './ledger.js'
import { readLines } from './lines.js'
import type { DeliveryAnswer, DeliveryRequest } from './wire.js'

/** How long an answer takes, in ms: long enough that a kill finds messages taken and not yet answered. */
const SHORTEST_MS = 5
const LONGEST_MS = 60

/** The world that messages go to. Lives outside of all workers, and counts what it has received and nothing else. */
export class ReceivingSide {
  readonly ledger = new Ledger()
  readonly #chance: Chance
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  constructor(chance: Chance) {
    this.#chance = chance
    this.#server = createServer((socket) => this.#serve(socket))
  }

  /** Resolves with the port that it listens on. */
  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return (this.#server.address() as AddressInfo).port
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    socket.setNoDelay(true)
    // A worker that is killed takes its connection with it.
    socket.on('error', () => {})
    socket.on('close', () => this.#sockets.delete(socket))
    readLines(socket, (line) => this.#receive(socket, JSON.parse(line) as DeliveryRequest))
  }

  #receive(socket: Socket, delivery: DeliveryRequest): void {
    const entry = this.ledger.enter(delivery, Date.now())
    const answer: DeliveryAnswer = { request: delivery.request, outcomes: entry.outcomes }
    setTimeout(
      () => {
        if (socket.destroyed) return
        socket.write(`${JSON.stringify(answer)}\n`, (error) => {
          if (!error) entry.answeredAt = Date.now()
        })
      },
      this.#chance.between(SHORTEST_MS, LONGEST_MS),
    )
  }
}
