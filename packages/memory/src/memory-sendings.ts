import type { SendingStorage } from '@broadside/core'
import { changeSending } from './change-sending.js'
import { createSending } from './create-sending.js'
import { deleteSending } from './delete-sending.js'
import { listDueSendings } from './list-due-sendings.js'
import { listSendings } from './list-sendings.js'
import type { Store } from './store.js'

export function memorySendings(store: Store): SendingStorage {
  return {
    createSending: async (params) => createSending(store, params),
    getSending: async (sendingId) => {
      const sending = store.sendings.get(sendingId)
      return sending && { ...sending }
    },
    listSendings: async (params) => listSendings(store, params),
    changeSending: async (params) => changeSending(store, params),
    deleteSending: async (params) => deleteSending(store, params),
    listDueSendings: async (params) => listDueSendings(store, params),
  }
}
