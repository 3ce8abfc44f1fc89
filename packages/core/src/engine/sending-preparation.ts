import { parseSendingState } from '../domain/sending-state.js'
import { type BroadsideError, isBroadsideError } from '../model/error.js'
import type { JobRecord } from '../storage/job-record.js'
import { builtStep } from './building-steps.js'
import { failStep, noRecipientsStep } from './closing-steps.js'
import { runAsync } from './maybe-async.js'
import { orAbort } from './or-abort.js'
import { Pacer } from './pacer.js'
import { rereadStep } from './pause-steps.js'
import { RecipientIntake, type RecipientIntakePorts } from './recipient-intake.js'
import type { PreparationPorts, PreparedRun } from './run-preparation.js'
import type { SendingLease } from './sending-lease.js'
import { type FoundRecipient, type RecipientPorts, recipientsOf } from './sending-recipients.js'
import { prepareSendingRun } from './sending-run.js'
import { leaseStep } from './sending-step.js'
import { isStorageFault } from './storage-health.js'

export interface SendingPreparationPorts extends RecipientIntakePorts, RecipientPorts {
  readonly preparation: PreparationPorts
}

const BATCH_SIZE = 500
/** A slow audience is not kept waiting for a full batch. */
const LONGEST_BATCH_MS = 1_000
/** Short, as what the storage takes in one piece comes on top. */
const SLICE_MS = 1

/**
 * Builds the items of a sending that this engine has taken up, from the first recipient on: those of an earlier try are known by their identities.
 * Ends with the sending prepared, skipped or failed, or somebody else's.
 *
 * Rejects with `AUDIENCE_SOURCE_FAILED`, or what the storage rejects with, for faults that may pass.
 */
export async function prepareSending(
  lease: SendingLease,
  params: { readonly isRepeat: boolean },
  given: SendingPreparationPorts,
): Promise<void> {
  const ports = paced(given)
  const job = await jobOf(lease, ports)
  if (job === undefined) return
  try {
    const run = await preparedRun(job, lease, ports)
    const intake = new RecipientIntake(
      { lease, job: { ...job, channels: run.channels }, into: 'created', ...params },
      ports,
    )
    if (await takeIn(lease, intake, ports)) await finish(lease, { intake, run }, ports)
  } catch (error) {
    if (!isImpossible(error)) throw error
    await lease.change((record) => failStep(record, { ...contextOf(ports), reason: error.message }))
  }
}

/** Reads the audience of a sending again that was paused, adds who is new, and lets it go on. */
export async function rereadAudience(
  lease: SendingLease,
  { isRepeat }: { readonly isRepeat: boolean },
  given: SendingPreparationPorts,
): Promise<void> {
  const ports = paced(given)
  const job = await jobOf(lease, ports)
  if (job === undefined) return
  const intake = new RecipientIntake({ lease, job, into: 'paused', isRepeat }, ports)
  try {
    if (!(await takeIn(lease, intake, ports))) return
  } catch (error) {
    // What is there already goes out all the same.
    if (!isImpossible(error)) throw error
  }
  await lease.change((record) => rereadStep(withWaves(record, intake), contextOf(ports)))
}

function paced(ports: SendingPreparationPorts): SendingPreparationPorts {
  return { ...ports, pacer: new Pacer(ports.clock, SLICE_MS) }
}

function preparedRun(
  job: JobRecord,
  { record, signal }: SendingLease,
  { preparation }: SendingPreparationPorts,
): Promise<PreparedRun> {
  return orAbort(runAsync(prepareSendingRun(job, record.definition, preparation)), signal)
}

async function jobOf({ record }: SendingLease, { storage }: SendingPreparationPorts): Promise<JobRecord | undefined> {
  return record.jobId === undefined ? undefined : storage.getJob(record.jobId)
}

/** Adds everybody; false when the sending became somebody else's meanwhile. */
async function takeIn(lease: SendingLease, intake: RecipientIntake, ports: SendingPreparationPorts): Promise<boolean> {
  const { clock } = ports
  const { id: sendingId, definition } = lease.record
  const { signal } = lease
  let batch: FoundRecipient[] = []
  let since = clock.elapsed()
  const add = async (): Promise<boolean> => {
    const full = batch
    batch = []
    const isOurs = !signal.aborted && (await intake.add(full))
    if (full.length > 0) lease.worked()
    since = clock.elapsed()
    return isOurs
  }
  try {
    for await (const one of recipientsOf({ sendingId, definition, signal }, ports)) {
      batch.push(one)
      const isFull = batch.length >= BATCH_SIZE || clock.elapsed() - since >= LONGEST_BATCH_MS
      if (isFull && !(await add())) return false
      // Each time: an audience that is in memory lets nobody else have a turn.
      if (ports.pacer.isDue) await ports.pacer.breathe()
    }
  } catch (error) {
    if (signal.aborted) return false
    // Who was found before it broke is in.
    if (isBroadsideError(error, 'AUDIENCE_SOURCE_FAILED')) await add()
    throw error
  }
  return add()
}

async function finish(
  lease: SendingLease,
  { intake, run }: { readonly intake: RecipientIntake; readonly run: PreparedRun },
  ports: SendingPreparationPorts,
): Promise<void> {
  const job = await jobOf(lease, ports)
  if (job === undefined || lease.signal.aborted) return
  await lease.change((record) =>
    job.counters.received === 0
      ? noRecipientsStep(record, contextOf(ports))
      : builtStep(withWaves(record, intake), { ...contextOf(ports), ...run, job }),
  )
}

/** With how many items each wave has. */
function withWaves(record: SendingLease['record'], intake: RecipientIntake): SendingLease['record'] {
  const state = { ...parseSendingState(record.state), waves: intake.waves }
  return leaseStep(record, { leaseUntil: record.wakeAt ?? 0, state }).after
}

function contextOf({ clock, zone }: SendingPreparationPorts): { readonly now: number; readonly zone: string } {
  return { now: clock.now(), zone }
}

/** Faults of the storage pass, those of an audience source may, and an engine with what this one lacks may come; what else is said by our own error stays so. */
function isImpossible(error: unknown): error is BroadsideError {
  return isBroadsideError(error) && !isStorageFault(error) && !PASSING.has(error.code)
}

const PASSING = new Set<BroadsideError['code']>([
  'AUDIENCE_SOURCE_FAILED',
  'ENGINE_CLOSED',
  'JOB_NOT_FOUND',
  'ABORTED',
  'AUDIENCE_SOURCE_MISSING',
  'CHANNEL_NOT_AVAILABLE',
  'CONTENT_SOURCE_MISSING',
  'RENDERER_MISSING',
  'TRANSPORT_NOT_FOUND',
])
