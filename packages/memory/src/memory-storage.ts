import type { Storage, StorageCapabilities } from '@broadside/core'
import { addItems } from './add-items.js'
import { claim } from './claim.js'
import { closeJob } from './close-job.js'
import { countCodes } from './count-codes.js'
import { createJob } from './create-job.js'
import { deleteJob } from './delete-job.js'
import { extend } from './extend.js'
import { giveBack } from './give-back.js'
import { recordOf } from './job-state.js'
import { listClaimable } from './list-claimable.js'
import { listItems } from './list-items.js'
import { listJobs } from './list-jobs.js'
import { acquireMark, releaseMark } from './marks.js'
import { memorySendings } from './memory-sendings.js'
import { findAnswer } from './once.js'
import { reap } from './reap.js'
import { reviseItems } from './revise-items.js'
import { settle } from './settle.js'
import { newStore } from './store.js'
import { sweep } from './sweep.js'
import { transitionJob } from './transition-job.js'

const CAPABILITIES: StorageCapabilities = Object.freeze({
  durable: false,
  shared: true,
  callerTransaction: 'none',
  wake: true,
  sendings: true,
})

/**
 * A storage in this process's memory: for tests, previews, and jobs that may be lost with the process.
 *
 * Several engines of the process may share it. `open` and `close` take and let go of nothing, so what it holds stays as
 * long as the object does, whichever engine closes it. Every call is one synchronous step, so it is atomic.
 */
export function memoryStorage(): Storage {
  const store = newStore()
  return {
    capabilities: CAPABILITIES,
    sendings: memorySendings(store),
    open: async () => {},
    close: async () => {},
    createJob: async (params) => createJob(store, params),
    getJob: async (jobId) => {
      const job = store.jobs.get(jobId)
      return job && recordOf(job)
    },
    listJobs: async (params) => listJobs(store, params),
    addItems: async (params) => addItems(store, params),
    transitionJob: async (params) => transitionJob(store, params),
    closeJob: async (params) => closeJob(store, params),
    listClaimable: async (params) => listClaimable(store, params),
    claim: async (params) => claim(store, params),
    settle: async (params) => settle(store, params),
    extend: async (params) => extend(store, params),
    giveBack: async (params) => giveBack(store, params),
    reap: async (params) => reap(store, params),
    reviseItems: async (params) => reviseItems(store, params),
    listItems: async (params) => listItems(store, params),
    countCodes: async (jobId) => countCodes(store, jobId),
    deleteJob: async (params) => deleteJob(store, params),
    sweep: async (params) => sweep(store, params),
    findOnce: async (params) => {
      const kept = findAnswer(store, params)
      return kept && { requestHash: kept.requestHash, answer: kept.answer }
    },
    acquireMark: async (params) => acquireMark(store, params),
    releaseMark: async (params) => releaseMark(store, params),
    onWake: (listener) => store.listeners.add(listener),
  }
}
