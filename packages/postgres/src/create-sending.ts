import { BroadsideError, type CreateSendingParams, type SendingRecord } from '@broadside/core'
import { callOnce } from './once.js'
import { insertSending } from './sending-row.js'
import type { Session } from './session.js'

export async function createSending(session: Session, { sending, once }: CreateSendingParams): Promise<SendingRecord> {
  const call = () => insert(session, { ...sending, version: 1 })
  return (await callOnce(session, { once, call, isDone: () => true })).answer
}

async function insert(session: Session, sending: SendingRecord): Promise<SendingRecord> {
  const created = await insertSending(session, sending)
  if (created) return created
  throw new BroadsideError('STORAGE_FAILED', `There is a sending "${sending.id}" already: ids are used once.`, {
    sendingId: sending.id,
  })
}
