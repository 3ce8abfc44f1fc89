import { parseSendingState, type SendingChampion } from '../domain/sending-state.js'
import { nextPickOf } from '../domain/sending-wake.js'
import { hasChampion, requireVariant } from '../domain/variant-assignment.js'
import { BroadsideError, isBroadsideError } from '../model/error.js'
import { thrownReason } from '../model/thrown-reason.js'
import type { SendingRecord } from '../storage/sending-record.js'
import type { Storage } from '../storage/storage.js'
import type { ChampionPicker } from './champion-picker.js'
import { championStep } from './champion-step.js'
import type { Clock } from './clock.js'
import type { Events } from './events.js'
import { orAbort } from './or-abort.js'
import type { Pacer } from './pacer.js'
import { sendingInfo } from './sending-info.js'
import type { SendingLease } from './sending-lease.js'
import { experimentResults } from './sending-results.js'
import { keptStep, type SendingStep } from './sending-step.js'
import { isStorageFault } from './storage-health.js'

export interface SendingChampionPorts {
  readonly storage: Storage
  readonly clock: Clock
  readonly events: Events
  readonly pacer: Pacer
  readonly zone: string
  readonly pickChampion: ChampionPicker | undefined
}

const FIRST_RETRY_MS = 30_000
const LONGEST_RETRY_MS = 10 * 60_000
const LONGEST_ANSWER_MS = 60_000

/**
 * Has the host's function pick a champion whose time has come; a further one is the next look's. One that it does not decide is asked for again,
 * after half a minute at first and ten minutes in the end; meanwhile a person may pick it.
 *
 * Rejects with what the storage rejects with.
 */
export async function pickDueChampion(lease: SendingLease, ports: SendingChampionPorts): Promise<void> {
  const { clock, events, storage, zone } = ports
  const champion = parseSendingState(lease.record.state).champions.find(
    (one) => (nextPickOf(one) ?? Number.POSITIVE_INFINITY) <= clock.now(),
  )
  if (champion === undefined) return
  const { experiment, tries = 0 } = champion
  try {
    const choice = { experiment, variant: await picked(experiment, lease, ports) }
    await lease.change(async (record) => {
      const job = await storage.getJob(record.jobId ?? '')
      if (job === undefined) throw undecided(record.id, experiment, 'its job is gone')
      return championStep(record, { now: clock.now(), zone, choice, job })
    })
  } catch (error) {
    if (lease.signal.aborted || isStorageFault(error)) throw error
    const retryAt = clock.now() + Math.min(FIRST_RETRY_MS * 2 ** tries, LONGEST_RETRY_MS)
    const failed = isBroadsideError(error) ? error : undecided(lease.record.id, experiment, thrownReason(error), error)
    events.emit('sending:trouble', { sendingId: lease.record.id, error: failed, retryAt })
    await lease.change((record) => undecidedStep(record, { champion, retryAt, now: clock.now(), zone }))
  }
}

function undecidedStep(
  record: SendingRecord,
  params: {
    readonly champion: SendingChampion
    readonly retryAt: number
    readonly now: number
    readonly zone: string
  },
): SendingStep {
  const { champion, retryAt, ...context } = params
  const state = parseSendingState(record.state)
  const champions = state.champions.map((one) =>
    one.experiment === champion.experiment ? { ...one, tries: (one.tries ?? 0) + 1, retryAt } : one,
  )
  return keptStep(record, { ...context, state: { ...state, champions } })
}

async function picked(name: string, { record, signal }: SendingLease, ports: SendingChampionPorts): Promise<string> {
  const { experiments = [] } = record.definition
  const experiment = experiments.filter(hasChampion).find((one) => one.name === name)
  if (experiment === undefined) throw undecided(record.id, name, 'the sending has no such experiment')
  const { pickChampion } = ports
  if (pickChampion === undefined) throw undecided(record.id, name, 'this engine has no pickChampion')
  const results = await experimentResults(record, ports)
  const own = results.find((one) => one.experiment === name)
  const limit = new AbortController()
  const answerBy = AbortSignal.any([signal, limit.signal])
  const question = { experiment, results: own?.testGroup ?? [], sending: sendingInfo(record), signal: answerBy }
  const asked = async (): Promise<string | undefined> => pickChampion(question)
  const cancelTimer = ports.clock.setTimer(LONGEST_ANSWER_MS, () => limit.abort(new Error('no answer in a minute')))
  const variant = await orAbort(asked(), answerBy)
    .catch((cause: unknown) => {
      throw undecided(record.id, name, `the function failed: ${thrownReason(cause)}`, cause)
    })
    .finally(cancelTimer)
  if (variant === undefined || variant === null) throw undecided(record.id, name, 'the function has not decided')
  try {
    requireVariant(experiments, { experiment: name, variant })
  } catch (cause) {
    throw undecided(record.id, name, thrownReason(cause), cause)
  }
  return variant
}

function undecided(sendingId: string, experiment: string, why: string, cause?: unknown): BroadsideError {
  return new BroadsideError(
    'CHAMPION_UNDECIDABLE',
    `The champion of experiment ${experiment} of sending ${sendingId} could not be picked: ${why.replace(/\.$/, '')}. It is tried again; pickChampion picks it by hand meanwhile.`,
    { sendingId, cause },
  )
}
