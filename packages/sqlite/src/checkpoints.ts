import type { CheckpointAside } from './checkpoint-worker.js'
import type { Connection } from './connection.js'
import type { ColumnValue } from './driver.js'
import type { Pace } from './pace.js'
import type { Sql } from './tables.js'

/**
 * A checkpoint copies pages from the write-ahead log into the database, and stops the event loop meanwhile: about 1 ms for
 * 100 pages. SQLite would do it within a commit; done here, it is small, and has a turn of the event loop to itself.
 */
const PAGES = 500
/** So many are worth another thread's while. A page that is written again and again is copied once for all of it. */
const MANY_PAGES = 2_000
/** A log of this length (32 MB) is copied to its end, so that it begins anew, before anything more is written. */
const LONGEST_LOG = 8_000
/** Where SQLite can't say how long its log is, rows are counted instead: few of them change a page of their own. */
const CHANGES = 1_000

export interface CheckpointsParams {
  readonly pace: Pace
  /** The connection that writes. */
  readonly connection: () => Connection
  /** For long logs. Without it, they too are copied here. */
  readonly aside: CheckpointAside | undefined
}

/** In pages. */
interface Log {
  readonly length: number
  readonly left: number
}

export class Checkpoints {
  readonly #params: CheckpointsParams
  #aside: CheckpointAside | undefined
  #running: Promise<void> | undefined
  #changesBefore = 0

  constructor(params: CheckpointsParams) {
    this.#params = params
    this.#aside = params.aside
  }

  /** To be called after every write, while no transaction is open on the connection, and to be waited for before the next. */
  async afterWrite(): Promise<void> {
    const { left, length } = this.#log()
    if (!this.#aside) {
      if (left >= PAGES) await this.#copyInTurn()
    } else if (length >= LONGEST_LOG && left > 0) await this.#copyAll()
    else if (left >= MANY_PAGES) this.#running ??= this.#copyAside(this.#aside)
  }

  /** Copies what is left. To be called before the connection is closed. */
  async finish(): Promise<void> {
    await this.#running
    await this.#aside?.end()
    this.#copy()
  }

  async #copyInTurn(): Promise<void> {
    await this.#params.pace.takeTurn()
    this.#copy()
  }

  async #copyAll(): Promise<void> {
    await this.#running
    if (this.#aside && this.#log().left >= PAGES) await this.#copyAside(this.#aside)
    await this.#copyInTurn()
  }

  #copyAside(aside: CheckpointAside): Promise<void> {
    return aside
      .copy()
      .catch(() => {
        this.#aside = undefined
      })
      .finally(() => {
        this.#running = undefined
      })
  }

  /** What can't be copied now (the disk is full, somebody reads) stays in the log, and is tried again after the next write. */
  #copy(): void {
    try {
      const db = this.#params.connection()
      db.row(CHECKPOINT)
      this.#changesBefore = changesOf(db)
    } catch {
      // The log holds everything that was committed; nothing is lost by keeping it.
    }
  }

  #log(): Log {
    try {
      const db = this.#params.connection()
      if (!canProbe(db)) {
        const isLong = changesOf(db) - this.#changesBefore >= CHANGES
        return { left: isLong ? PAGES : 0, length: 0 }
      }
      const [, length, copied] = db.row<[busy: number, length: number, copied: number]>(PROBE) ?? [0, 0, 0]
      return { length, left: length - copied }
    } catch {
      return { length: 0, left: 0 }
    }
  }
}

const CHECKPOINT = () => 'pragma wal_checkpoint(passive)'
const PROBE = () => 'pragma wal_checkpoint(noop)'
const CAN_PROBE = () => `select sqlite_version() >= '3.51'`
const CHANGES_MADE = () => 'select total_changes()'

/** Before SQLite 3.51 an unknown kind of checkpoint is a passive one. Its versions have two digits: they compare as text. */
function canProbe(db: Connection): boolean {
  return single(db, CAN_PROBE) === 1
}

function changesOf(db: Connection): number {
  return single(db, CHANGES_MADE)
}

function single(db: Connection, sql: Sql): number {
  const [value] = db.row<[ColumnValue]>(sql) ?? [0]
  return Number(value)
}
