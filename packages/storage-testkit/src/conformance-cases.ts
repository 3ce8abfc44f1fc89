import { CLAIM_CASES } from './cases/claim.js'
import { CLAIM_RETRIES_CASES } from './cases/claim-retries.js'
import { CLOSE_CASES } from './cases/close.js'
import { CLOSE_IN_FLIGHT_CASES } from './cases/close-in-flight.js'
import { COMPLETION_CASES } from './cases/completion.js'
import { COUNTERS_CASES } from './cases/counters.js'
import { CREATE_CASES } from './cases/create.js'
import { DELETE_CASES } from './cases/delete.js'
import { DURABLE_CASES } from './cases/durable.js'
import { EXTEND_CASES } from './cases/extend.js'
import { GIVE_BACK_CASES } from './cases/give-back.js'
import { INGEST_CASES } from './cases/ingest.js'
import { INTERRUPTED_CASES } from './cases/interrupted.js'
import { LARGE_CASES } from './cases/large.js'
import { LIFECYCLE_CASES } from './cases/lifecycle.js'
import { LIST_CLAIMABLE_CASES } from './cases/list-claimable.js'
import { LIST_ITEMS_CASES } from './cases/list-items.js'
import { LIST_JOBS_CASES } from './cases/list-jobs.js'
import { ONCE_CASES } from './cases/once.js'
import { PROCESSES_CASES } from './cases/processes.js'
import { REAP_CASES } from './cases/reap.js'
import { REAP_PIECES_CASES } from './cases/reap-pieces.js'
import { REVISE_CASES } from './cases/revise.js'
import { SENDING_CHANGE_CASES } from './cases/sending-change.js'
import { SENDING_COMPLETION_CASES } from './cases/sending-completion.js'
import { SENDING_CREATE_CASES } from './cases/sending-create.js'
import { SENDING_DELETE_CASES } from './cases/sending-delete.js'
import { SENDING_DUE_CASES } from './cases/sending-due.js'
import { SENDING_LIST_CASES } from './cases/sending-list.js'
import { SENDING_ONCE_CASES } from './cases/sending-once.js'
import { SENDING_STEP_CASES } from './cases/sending-steps.js'
import { SENDING_WORK_CASES } from './cases/sending-work.js'
import { SETTLE_CASES } from './cases/settle.js'
import { SETTLE_LATE_CASES } from './cases/settle-late.js'
import { SHARED_CASES } from './cases/shared.js'
import { TRANSITION_CASES } from './cases/transition.js'
import { WAKE_CASES } from './cases/wake.js'
import { WAVES_CASES } from './cases/waves.js'
import { WAVES_ALSO_CASES } from './cases/waves-also.js'
import { WAVES_MOVED_CASES } from './cases/waves-moved.js'
import { WORK_CASES } from './cases/work.js'
import type { ConformanceCase } from './conformance-case.js'

/** Every case, group by group, in the order of the contract; those that take thousands of items last. */
export const CONFORMANCE_CASES: readonly ConformanceCase[] = [
  ...LIFECYCLE_CASES,
  ...CREATE_CASES,
  ...LIST_JOBS_CASES,
  ...INGEST_CASES,
  ...TRANSITION_CASES,
  ...CLOSE_CASES,
  ...CLOSE_IN_FLIGHT_CASES,
  ...LIST_CLAIMABLE_CASES,
  ...CLAIM_CASES,
  ...CLAIM_RETRIES_CASES,
  ...SETTLE_CASES,
  ...SETTLE_LATE_CASES,
  ...EXTEND_CASES,
  ...GIVE_BACK_CASES,
  ...REAP_CASES,
  ...REAP_PIECES_CASES,
  ...REVISE_CASES,
  ...LIST_ITEMS_CASES,
  ...COUNTERS_CASES,
  ...COMPLETION_CASES,
  ...DELETE_CASES,
  ...ONCE_CASES,
  ...WAVES_CASES,
  ...WAVES_ALSO_CASES,
  ...WAVES_MOVED_CASES,
  ...SENDING_CREATE_CASES,
  ...SENDING_LIST_CASES,
  ...SENDING_CHANGE_CASES,
  ...SENDING_STEP_CASES,
  ...SENDING_COMPLETION_CASES,
  ...SENDING_DELETE_CASES,
  ...SENDING_DUE_CASES,
  ...SENDING_ONCE_CASES,
  ...WAKE_CASES,
  ...SHARED_CASES,
  ...DURABLE_CASES,
  ...INTERRUPTED_CASES,
  ...LARGE_CASES,
  ...WORK_CASES,
  ...SENDING_WORK_CASES,
  ...PROCESSES_CASES,
]
