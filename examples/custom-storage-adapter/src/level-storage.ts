import type { Storage } from '@broadside/core'
import { addItems } from './add-items.js'
import { findAnswer } from './call-once.js'
import { Calls } from './calls.js'
import { claim } from './claim.js'
import { closeJob } from './close-job.js'
import { countCodes } from './count-codes.js'
import { createJob } from './create-job.js'
import { deleteJob } from './delete-job.js'
import { extend } from './extend.js'
import { getJob } from './find-job.js'
import { giveBack } from './give-back.js'
import { idempotent, isApplied } from './idempotent.js'
import { type LevelDatabase, levelDatabase } from './level-database.js'
import { listClaimable } from './list-claimable.js'
import { listItems } from './list-items.js'
import { listJobs } from './list-jobs.js'
import { acquireMark, releaseMark } from './marks.js'
import { reap } from './reap.js'
import { reviseItems } from './revise-items.js'
import { settle } from './settle.js'
import { sweep } from './sweep.js'
import { transitionJob } from './transition-job.js'
import type { Tx } from './tx.js'

export interface LevelStorageOptions {
  /** What to keep it in, not yet open, in place of the LevelDB at `path`: for something in between, as tests have. */
  readonly database?: LevelDatabase
}

/**
 * Storage in a LevelDB at `path`, a directory that is made where it is missing.
 *
 * - Durable: what was answered has been synced to disk.
 * - For one engine: a second opener, in this process or another, is refused with `STORAGE_LOCKED`. The lock ends with its process.
 */
export function levelStorage(path: string, { database = levelDatabase(path) }: LevelStorageOptions = {}): Storage {
  const calls = new Calls(path, database)
  const run = <Params, Answer>(call: (tx: Tx, params: Params) => Promise<Answer>) => {
    return (params: Params): Promise<Answer> => calls.run((tx) => call(tx, params))
  }
  return {
    capabilities: { durable: true, shared: false, callerTransaction: 'none', wake: false, sendings: false },
    open: () => calls.open(),
    close: () => calls.close(),

    createJob: run(idempotent(createJob, () => true)),
    getJob: run(getJob),
    listJobs: run(listJobs),
    transitionJob: run(idempotent(transitionJob, isApplied)),
    closeJob: run(idempotent(closeJob, isApplied)),
    deleteJob: run(deleteJob),

    addItems: run(addItems),
    listItems: run(listItems),
    countCodes: run(countCodes),
    reviseItems: run(idempotent(reviseItems, isApplied)),

    listClaimable: run(listClaimable),
    claim: run(claim),
    settle: run(settle),
    extend: run(extend),
    giveBack: run(giveBack),
    reap: run(reap),

    findOnce: run(findAnswer),
    acquireMark: run(acquireMark),
    releaseMark: run(releaseMark),
    sweep: run(sweep),
  }
}
