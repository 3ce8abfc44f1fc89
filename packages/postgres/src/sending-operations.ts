import type { SendingChange, SendingStorage } from '@broadside/core'
import { changeSending } from './change-sending.js'
import { createSending } from './create-sending.js'
import { deleteSending } from './delete-sending.js'
import type { Lifecycle } from './lifecycle.js'
import { listDueSendings } from './list-due-sendings.js'
import { listSendings } from './list-sendings.js'
import { findSending } from './sending-row.js'

/** The calls of the contract that have to do with sendings, each one transaction; `changed` is told of what other engines may want to hear of. */
export function sendingOperationsOn(database: Lifecycle, changed: () => void): SendingStorage {
  const told = async (call: Promise<SendingChange>): Promise<SendingChange> => {
    const answer = await call
    if (answer.applied) changed()
    return answer
  }
  return {
    createSending: async (params) => {
      const created = await database.write((session) => createSending(session, params))
      changed()
      return created
    },
    getSending: (sendingId) => database.single((session) => findSending(session, sendingId)),
    listSendings: (params) => database.snapshot((session) => listSendings(session, params)),
    changeSending: (params) => told(database.write((session) => changeSending(session, params))),
    deleteSending: (params) => told(database.write((session) => deleteSending(session, params))),
    listDueSendings: (params) => database.snapshot((session) => listDueSendings(session, params)),
  }
}
