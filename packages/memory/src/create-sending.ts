import { BroadsideError, type CreateSendingParams, type SendingRecord } from '@broadside/core'
import { callOnce } from './once.js'
import type { Store } from './store.js'

export function createSending(store: Store, { sending, once }: CreateSendingParams): SendingRecord {
  return callOnce(store, { once, call: () => insertSending(store, sending), isDone: () => true }).answer
}

function insertSending(store: Store, sending: SendingRecord): SendingRecord {
  if (store.sendings.get(sending.id)) {
    throw new BroadsideError('STORAGE_FAILED', `There is a sending "${sending.id}" already: ids are used once.`, {
      sendingId: sending.id,
    })
  }
  const kept = store.sendings.put({ ...sending, version: 1 })
  store.listeners.notify()
  return { ...kept }
}
