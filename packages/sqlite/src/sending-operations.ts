import type { SendingStorage } from '@broadside/core'
import { changeSending } from './change-sending.js'
import { createSending } from './create-sending.js'
import { deleteSending } from './delete-sending.js'
import type { Lifecycle } from './lifecycle.js'
import { listSendings } from './list-sendings.js'
import { findSending, nextWakeAt, sendingsDue } from './sending-row.js'
import { inOneStep } from './steps.js'

/** The calls of the contract that have to do with sendings, each one transaction. */
export function sendingOperationsOn(database: Lifecycle): SendingStorage {
  return {
    createSending: (params) => database.write((db) => createSending(db, params)),
    getSending: (sendingId) => database.read((db) => inOneStep(() => findSending(db, sendingId))),
    listSendings: (params) => database.read((db) => listSendings(db, params)),
    changeSending: (params) => database.write((db) => changeSending(db, params)),
    deleteSending: (params) => database.write((db) => inOneStep(() => deleteSending(db, params))),
    listDueSendings: ({ now, limit }) =>
      database.read((db) => inOneStep(() => ({ due: sendingsDue(db, now, limit), nextAt: nextWakeAt(db, now) }))),
  }
}
