import type { Session, Sql } from './session.js'
import type { Timers } from './timers.js'
import type { Work } from './transactions.js'

/** How often to look whether a transaction has ended, in ms: doubling, up to the second. */
const FIRST_DELAY_MS = 5
const MAX_DELAY_MS = 500

export interface TransactionEndParams {
  readonly timers: Timers
  readonly look: (work: Work<boolean>) => Promise<boolean>
  /** True once nobody can look any more. */
  readonly isOver: () => boolean
}

/** Finds out when transactions of the host's have ended: Postgres knows of each whether it is still under way. */
export class TransactionEnd {
  readonly #params: TransactionEndParams

  constructor(params: TransactionEndParams) {
    this.#params = params
  }

  /** Resolves when the transaction has been committed or rolled back, or the storage has been closed. */
  async of(transactionId: string): Promise<void> {
    for (let delayMs = FIRST_DELAY_MS; !this.#params.isOver(); delayMs = Math.min(delayMs * 2, MAX_DELAY_MS)) {
      if (await this.#hasEnded(transactionId)) return
      await new Promise<void>((resolve) => void this.#params.timers.after(delayMs, resolve))
    }
  }

  /** A look that fails says nothing: the next one will. */
  async #hasEnded(transactionId: string): Promise<boolean> {
    try {
      return await this.#params.look((session) => hasEnded(session, transactionId))
    } catch {
      return false
    }
  }
}

/** Of one that is long past, Postgres knows nothing any more. */
async function hasEnded(session: Session, transactionId: string): Promise<boolean> {
  const [status] = (await session.row<[string | null]>(STATUS, transactionId)) ?? []
  return status !== 'in progress'
}

const STATUS: Sql = () => 'select pg_xact_status($1::xid8)'
