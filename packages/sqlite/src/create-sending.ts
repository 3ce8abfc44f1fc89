import { BroadsideError, type CreateSendingParams, type SendingRecord } from '@broadside/core'
import type { Connection } from './connection.js'
import { callOnce } from './once.js'
import { findSending, insertSending } from './sending-row.js'
import { inOneStep, type Steps } from './steps.js'

export function* createSending(db: Connection, { sending, once }: CreateSendingParams): Steps<SendingRecord> {
  const call = () => inOneStep(() => insert(db, sending))
  return (yield* callOnce(db, { once, call, isDone: () => true })).answer
}

function insert(db: Connection, sending: SendingRecord): SendingRecord {
  if (findSending(db, sending.id)) {
    throw new BroadsideError('STORAGE_FAILED', `There is a sending "${sending.id}" already: ids are used once.`, {
      sendingId: sending.id,
    })
  }
  const created = { ...sending, version: 1 }
  insertSending(db, created)
  return created
}
