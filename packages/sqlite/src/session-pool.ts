import type { Session } from './session.js'

/** A few sessions, opened as they are needed, so that a short read does not wait behind a long one. */
export class SessionPool {
  readonly #create: () => Session
  readonly #idle: Session[] = []
  readonly #waiting: ((session: Session) => void)[] = []
  #unopened: number

  constructor(size: number, create: () => Session) {
    this.#unopened = size
    this.#create = create
  }

  async run<T>(task: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.#take()
    try {
      return await task(session)
    } finally {
      this.#putBack(session)
    }
  }

  /** To be called when no task is running. */
  close(): void {
    for (const session of this.#idle.splice(0)) session.close()
  }

  #take(): Session | Promise<Session> {
    const idle = this.#idle.pop()
    if (idle) return idle
    if (this.#unopened === 0) return new Promise((resolve) => this.#waiting.push(resolve))
    this.#unopened -= 1
    return this.#create()
  }

  #putBack(session: Session): void {
    const next = this.#waiting.shift()
    if (next) next(session)
    else this.#idle.push(session)
  }
}
