import type { Claim, Storage } from '@broadside/core'
import { addItems } from './add-items.js'
import { claim } from './claim.js'
import { claimAtOnce } from './claim-at-once.js'
import { closeJob } from './close-job.js'
import { countCodes } from './count-codes.js'
import { createJob } from './create-job.js'
import { databaseTime } from './database-time.js'
import { deleteJob } from './delete-job.js'
import { extend } from './extend.js'
import { giveBack } from './give-back.js'
import { findRecord } from './job-record.js'
import type { Lifecycle } from './lifecycle.js'
import { listClaimable, listClaimableAtOnce } from './list-claimable.js'
import { listItems } from './list-items.js'
import { listJobs } from './list-jobs.js'
import { acquireMark, releaseMark } from './marks.js'
import { findAnswer } from './once.js'
import { reap } from './reap.js'
import { reviseItems } from './revise-items.js'
import { settle } from './settle.js'
import { settleAtOnce } from './settle-at-once.js'
import { sweep } from './sweep.js'
import { transitionJob } from './transition-job.js'

type Operations = Omit<Storage, 'capabilities' | 'sendings' | 'open' | 'close' | 'onWake' | 'within'>

/** The calls of the contract, each one transaction; `changed` is told of what other engines may want to hear of. */
export function operationsOn(database: Lifecycle, changed: () => void): Operations {
  const told = async <T>(call: Promise<T>, isNews: (answer: T) => boolean): Promise<T> => {
    const answer = await call
    if (isNews(answer)) changed()
    return answer
  }
  return {
    createJob: (params) => database.write((session) => createJob(session, params)),
    getJob: (jobId) => database.single((session) => findRecord(session, jobId)),
    listJobs: (params) => database.single((session) => listJobs(session, params)),
    addItems: (params) =>
      told(
        database.write((session) => addItems(session, params)),
        // Before it is run, a job has nothing to be claimed.
        ({ refused }) => refused === undefined && params.into?.includes('processing') === true,
      ),
    transitionJob: (params) =>
      told(
        database.write((session) => transitionJob(session, params)),
        ({ applied }) => applied,
      ),
    closeJob: (params) =>
      told(
        database.write((session) => closeJob(session, params)),
        ({ applied }) => applied,
      ),
    listClaimable: (params) =>
      database.writeAtOnce(listClaimableAtOnce(params), (session) => listClaimable(session, params)),
    claim: (params) =>
      database.writeAtOnce<Claim | undefined>(claimAtOnce(params), (session, mayBeDone) =>
        claim(session, params, mayBeDone),
      ),
    settle: (params) =>
      told(
        database.writeAtOnce(settleAtOnce(params), (session, mayBeDone) => settle(session, params, mayBeDone)),
        ({ completed }) => completed,
      ),
    extend: (params) => database.write((session) => extend(session, params)),
    giveBack: (params) =>
      told(
        database.write((session) => giveBack(session, params)),
        ({ held }) => held,
      ),
    reap: (params) =>
      told(
        database.write((session) => reap(session, params)),
        (reaped) => reaped.length > 0,
      ),
    reviseItems: (params) =>
      told(
        database.write((session) => reviseItems(session, params)),
        ({ changed: number }) => number > 0,
      ),
    listItems: (params) => database.snapshot((session) => listItems(session, params)),
    countCodes: (jobId) => database.snapshot((session) => countCodes(session, jobId)),
    deleteJob: (params) => database.write((session) => deleteJob(session, params)),
    sweep: (params) => database.write((session) => sweep(session, params)),
    findOnce: (params) => database.single((session) => findAnswer(session, params)),
    acquireMark: (params) => database.write((session) => acquireMark(session, params)),
    releaseMark: (params) => database.write((session) => releaseMark(session, params)),
    clock: () => database.single(databaseTime),
  }
}
