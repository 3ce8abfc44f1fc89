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

/**
 * Our writes in the host's transaction, each undone by itself when it fails: what the host sends while one of them is under way is undone
 * with it, so each is to be awaited before the next statement of the host's own.
 */
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

  addItems: CallerTransaction['addItems'] = (params) =>
    this.#run(
      (session) => addItems(session, params),
      ({ refused }) => refused === undefined,
    )

  transitionJob: CallerTransaction['transitionJob'] = (params) =>
    this.#run(
      async (session) => {
        const result = await transitionJob(session, params)
        if (result.applied) await this.#params.tell(session)
        return result
      },
      ({ applied }) => applied,
    )

  async ended(): Promise<void> {
    const id = this.#transactionId ?? (await this.#run(async () => this.#transactionId))
    if (id !== undefined) await this.#params.untilEnded(id)
  }

  #run<T>(call: (session: Session) => Promise<T>, isDone: (answer: T) => boolean = () => true): Promise<T> {
    return this.#params.turns.run(async () => {
      try {
        return await this.#inSavepoint(call, isDone)
      } catch (error) {
        throw asStorageFailure(asRefusal(error), this.#params.schema)
      }
    })
  }

  async #inSavepoint<T>(call: (session: Session) => Promise<T>, isDone: (answer: T) => boolean): Promise<T> {
    try {
      this.#transactionId = await this.#begin()
      const answer = await call(this.#session)
      // What has done nothing keeps no lock either: the host's transaction may last.
      await this.#session.command(isDone(answer) ? RELEASE : UNDO)
      return answer
    } catch (error) {
      // On a connection that is lost there is nothing left to undo.
      await this.#session.command(UNDO).catch(() => {})
      throw error
    }
  }

  /** Sets the savepoint; returns the number of the host's transaction, if it is at the storage's own database. */
  async #begin(): Promise<string> {
    const { quotedSchema, schemaId } = this.#params
    const [transactionId, foundId] = (await this.#session.lastRow(`${SAVE}; ${IDENTIFY(quotedSchema)}`)) ?? []
    if (typeof transactionId === 'string' && foundId === schemaId) return transactionId
    throw refusal('it is connected to another database than the storage')
  }
}

const SAVE = 'savepoint broadside_call'
const RELEASE = 'release savepoint broadside_call'
const UNDO = `rollback to savepoint broadside_call; ${RELEASE}`

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
