import { BroadsideError } from '@broadside/core'
import { type BusyWait, untilNotBusy } from './busy-wait.js'
import type { OpenCheckpointAside } from './checkpoint-worker.js'
import { Checkpoints } from './checkpoints.js'
import { Connection } from './connection.js'
import type { Database } from './database.js'
import type { SqliteDriver } from './driver.js'
import { migrate } from './migrate.js'
import { Mutex } from './mutex.js'
import type { Pace } from './pace.js'
import { Session, type Work } from './session.js'
import { SessionPool } from './session-pool.js'
import type { Tables } from './tables.js'

export interface FileDatabaseParams {
  readonly file: string
  readonly open: SqliteDriver
  readonly tables: Tables
  readonly synchronous: 'full' | 'normal'
  readonly wait: BusyWait
  readonly pace: Pace
  /**
   * Whether a long write gives the event loop its turns. It must not where the host writes to the same file in this
   * process: that would wait for our lock, and, waiting, keep us from ever letting go of it.
   */
  readonly sliced: boolean
  /** How to make a long checkpoint away from the event loop, where that can be done. */
  readonly aside: OpenCheckpointAside | undefined
}

const READERS = 2
/**
 * In pages (8 MB). Enough that a transaction writes each page once; few enough that a long one writes most of them on the way, so that its
 * commit is short.
 */
const WRITER_CACHE = 2_000

/** A database in a file, on connections of our own: one that writes, and a few that read meanwhile. */
export class FileDatabase implements Database {
  readonly file: string
  readonly #sliced: boolean
  readonly #writer: Session
  readonly #readers: SessionPool
  readonly #mutex = new Mutex()
  readonly #checkpoints: Checkpoints

  constructor(params: FileDatabaseParams) {
    const { wait, pace } = params
    this.file = params.file
    this.#sliced = params.sliced
    this.#writer = new Session({
      connect: () => connectWriter(params),
      begin: 'begin immediate',
      wait,
      pace,
      replaceable: true,
    })
    const createReader = () =>
      new Session({ connect: () => connect(params), begin: 'begin', wait, pace, replaceable: true })
    this.#readers = new SessionPool(READERS, createReader)
    this.#checkpoints = new Checkpoints({
      pace,
      connection: () => this.#writer.connection,
      aside: params.aside?.(params.file),
    })
  }

  /**
   * Turns the write-ahead log on, which stays with the file, and makes our tables. Without that log, readers and the writer
   * would wait for each other.
   */
  async prepare(wait: BusyWait): Promise<void> {
    const [mode] = (await untilNotBusy(wait, () => this.#writer.connection.row<[string]>(USE_WAL))) ?? []
    if (mode === 'wal') return migrate(this.#writer, wait)
    throw new BroadsideError(
      'STORAGE_FAILED',
      `SQLite storage ${this.file}: the write-ahead log can't be turned on (the mode stays ${mode}), as on a network ` +
        'file system: keep the file on a local disk.',
    )
  }

  write<T>(work: Work<T>): Promise<T> {
    const written = this.#mutex.run(() => (this.#sliced ? this.#writer.runSliced(work) : this.#writer.runAtOnce(work)))
    void this.#mutex.run(() => this.#checkpoints.afterWrite())
    return written
  }

  read<T>(work: Work<T>): Promise<T> {
    return this.#readers.run((reader) => reader.runSliced(work))
  }

  dataVersion(): number {
    return this.#writer.connection.row<[number]>(DATA_VERSION)?.[0] ?? 0
  }

  close(): Promise<void> {
    this.#readers.close()
    return this.#mutex.run(async () => {
      await this.#checkpoints.finish()
      this.#writer.close()
    })
  }
}

function connect({ open, file, tables }: FileDatabaseParams): Connection {
  const connection = new Connection(open(file), tables)
  connection.exec('pragma busy_timeout = 0')
  return connection
}

function connectWriter(params: FileDatabaseParams): Connection {
  const connection = connect(params)
  connection.exec(`
    pragma synchronous = ${params.synchronous};
    pragma cache_size = ${WRITER_CACHE};
    pragma wal_autocheckpoint = 0;
    pragma journal_size_limit = 16777216;
  `)
  return connection
}

const USE_WAL = () => 'pragma journal_mode = wal'
const DATA_VERSION = () => 'pragma data_version'
