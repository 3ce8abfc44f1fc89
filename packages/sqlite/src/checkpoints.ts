import type { Connection } from './connection.js'
import type { ColumnValue } from './driver.js'
import type { Pace } from './pace.js'
import type { Tables } from './tables.js'

/**
 * A checkpoint copies pages from the write-ahead log into the database, and stops the event loop meanwhile: about 1 ms for
 * 100 pages. SQLite would do it within a commit; done here, it is small, and has a turn of the event loop to itself.
 */
const PAGES = 500
/** Where SQLite can't say how long its log is, rows are counted instead: few of them change a page of their own. */
const CHANGES = 1_000

interface CheckpointsParams {
  readonly pace: Pace
  readonly connection: () => Connection
}

export class Checkpoints {
  readonly #params: CheckpointsParams
  #changesBefore = 0

  constructor(params: CheckpointsParams) {
    this.#params = params
  }

  /** To be called after every write, while no transaction is open on the connection. */
  async afterWrite(): Promise<void> {
    if (!this.#isDue()) return
    await this.#params.pace.takeTurn()
    this.now()
  }

  /** What can't be copied now (the disk is full, somebody reads) stays in the log, and is tried again after the next write. */
  now(): void {
    try {
      const db = this.#params.connection()
      db.row(CHECKPOINT)
      this.#changesBefore = changesOf(db)
    } catch {
      // The log holds everything that was committed; nothing is lost by keeping it.
    }
  }

  #isDue(): boolean {
    try {
      const db = this.#params.connection()
      if (!canProbe(db)) return changesOf(db) - this.#changesBefore >= CHANGES
      const [, inLog, copied] = db.row<[busy: number, inLog: number, copied: number]>(PROBE) ?? [0, 0, 0]
      return inLog - copied >= PAGES
    } catch {
      return false
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

function single(db: Connection, sql: (tables: Tables) => string): number {
  const [value] = db.row<[ColumnValue]>(sql) ?? [0]
  return Number(value)
}
