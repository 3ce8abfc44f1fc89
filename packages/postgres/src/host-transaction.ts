import { BroadsideError, type CallerTransaction } from '@broadside/core'
import { addItems } from './add-items.js'
import { createJob } from './create-job.js'
import type { PostgresClient } from './driver.js'
import { DriverFailure } from './driver-failure.js'
import { findRecord } from './job-record.js'
import type { Mutex } from './mutex.js'
import { Session, type Sql } from './session.js'
import { asStorageFailure } from './storage-failure.js'
import { transitionJob } from './transition-job.js'

export interface HostTransactionParams {
  readonly client: PostgresClient
  readonly quotedSchema: string
  readonly schema: string
  readonly schemaId: string
  /** Calls on one connection come one after the other. */
  readonly turns: Mutex
  /** Tells other engines, when the transaction commits, that something has changed. */
  readonly tell: (session: Session) => Promise<void>
  /** Resolves when the transaction of this number has ended. */
  readonly untilEnded: (transactionId: string) => Promise<void>
}

/** Our writes in the host's transaction, each undone by itself when it fails. */
export class HostTransaction implements CallerTransaction {
  readonly #params: HostTransactionParams
  readonly #session: Session
  #transactionId: string | undefined

  constructor(params: HostTransactionParams) {
    this.#params = params
    this.#session = new Session(params.client, params.quotedSchema)
  }

  createJob: CallerTransaction['createJob'] = (params) => this.#run((session) => createJob(session, params))

  getJob: CallerTransaction['getJob'] = (jobId) => this.#run((session) => findRecord(session, jobId))

  addItems: CallerTransaction['addItems'] = (params) => this.#run((session) => addItems(session, params))

  transitionJob: CallerTransaction['transitionJob'] = (params) =>
    this.#run(async (session) => {
      const result = await transitionJob(session, params)
      if (result.applied) await this.#params.tell(session)
      return result
    })

  async ended(): Promise<void> {
    const id = this.#transactionId ?? (await this.#run(async () => this.#transactionId))
    if (id !== undefined) await this.#params.untilEnded(id)
  }

  #run<T>(call: (session: Session) => Promise<T>): Promise<T> {
    return this.#params.turns.run(async () => {
      try {
        return await this.#inSavepoint(call)
      } catch (error) {
        throw asStorageFailure(asRefusal(error), this.#params.schema)
      }
    })
  }

  async #inSavepoint<T>(call: (session: Session) => Promise<T>): Promise<T> {
    await this.#session.command('savepoint broadside_call')
    try {
      this.#transactionId ??= await this.#identify()
      const result = await call(this.#session)
      await this.#session.command('release savepoint broadside_call')
      return result
    } catch (error) {
      // On a connection that is lost there is nothing left to undo.
      await this.#session
        .command('rollback to savepoint broadside_call; release savepoint broadside_call')
        .catch(() => {})
      throw error
    }
  }

  /** The number of the host's transaction, if it is at the storage's own database. */
  async #identify(): Promise<string> {
    const [transactionId, schemaId] = (await this.#session.row<[string, string]>(IDENTIFY)) ?? []
    if (transactionId !== undefined && schemaId === this.#params.schemaId) return transactionId
    throw refusal('it is connected to another database than the storage')
  }
}

/** A savepoint outside of a transaction is refused with this code. */
const NO_TRANSACTION = '25P01'

function asRefusal(error: unknown): unknown {
  const isOutside = error instanceof DriverFailure && error.code === NO_TRANSACTION
  return isOutside ? refusal('it is in no transaction: send `begin` first') : error
}

export function refusal(reason: string): BroadsideError {
  return new BroadsideError('INVALID_INPUT', `This handle can't carry the caller's transaction: ${reason}.`)
}

const IDENTIFY: Sql = (s) => `select pg_current_xact_id()::text, id from ${s}.schema_version`
