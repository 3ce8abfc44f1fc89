import type { Storage } from '@broadside/core'
import { addItems } from './add-items.js'
import { claim } from './claim.js'
import { closeJob } from './close-job.js'
import { countCodes } from './count-codes.js'
import { createJob } from './create-job.js'
import { deleteJob } from './delete-job.js'
import { extend } from './extend.js'
import { giveBack } from './give-back.js'
import { readJob } from './job-record.js'
import type { Lifecycle } from './lifecycle.js'
import { listClaimable } from './list-claimable.js'
import { listItems } from './list-items.js'
import { listJobs } from './list-jobs.js'
import { acquireMark, releaseMark } from './marks.js'
import { findAnswer } from './once.js'
import { reap } from './reap.js'
import { reviseItems } from './revise-items.js'
import { settle } from './settle.js'
import { inOneStep } from './steps.js'
import { sweep } from './sweep.js'
import { transitionJob } from './transition-job.js'

type Operations = Omit<Storage, 'capabilities' | 'sendings' | 'open' | 'close' | 'clock' | 'onWake' | 'within'>

/** The calls of the contract, each one transaction. */
export function operationsOn(database: Lifecycle): Operations {
  return {
    createJob: (params) => database.write((db) => createJob(db, params)),
    getJob: (jobId) => database.read((db) => inOneStep(() => readJob(db, jobId))),
    listJobs: (params) => database.read((db) => listJobs(db, params)),
    addItems: (params) => database.write((db) => addItems(db, params)),
    transitionJob: (params) => database.write((db) => transitionJob(db, params)),
    closeJob: (params) => database.write((db) => closeJob(db, params)),
    listClaimable: (params) => database.read((db) => listClaimable(db, params)),
    claim: (params) => database.write((db) => claim(db, params)),
    settle: (params) => database.write((db) => settle(db, params)),
    extend: (params) => database.write((db) => inOneStep(() => extend(db, params))),
    giveBack: (params) => database.write((db) => giveBack(db, params)),
    reap: (params) => database.write((db) => reap(db, params)),
    reviseItems: (params) => database.write((db) => reviseItems(db, params)),
    listItems: (params) => database.read((db) => listItems(db, params)),
    countCodes: (jobId) => database.read((db) => inOneStep(() => countCodes(db, jobId))),
    deleteJob: (params) => database.write((db) => inOneStep(() => deleteJob(db, params))),
    sweep: (params) => database.write((db) => sweep(db, params)),
    findOnce: (params) => database.read((db) => inOneStep(() => findAnswer(db, params))),
    acquireMark: (params) => database.write((db) => inOneStep(() => acquireMark(db, params))),
    releaseMark: (params) => database.write((db) => inOneStep(() => releaseMark(db, params))),
  }
}
