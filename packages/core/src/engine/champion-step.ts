import { resumedProgress } from '../domain/sending-progress.js'
import { parseSendingState, type StoredSendingState } from '../domain/sending-state.js'
import { wavesDue, withRestReleased } from '../domain/sending-waves.js'
import { requireVariant, type VariantChoice } from '../domain/variant-assignment.js'
import type { JobRecord } from '../storage/job-record.js'
import type { SendingRecord } from '../storage/sending-record.js'
import { restReleaseAt, withLastDue } from './last-due.js'
import { keptStep, type SendingStep, type StepContext } from './sending-step.js'

/** No transition: a champion is known. When all are, the rest goes out. */
export function championStep(
  record: SendingRecord,
  { choice, job, ...context }: StepContext & { readonly choice: VariantChoice; readonly job: JobRecord },
): SendingStep {
  const { experiments = [] } = record.definition
  requireVariant(experiments, choice)
  const before = parseSendingState(record.state)
  const champions = before.champions.map((one) =>
    one.experiment === choice.experiment ? { ...one, variant: choice.variant } : one,
  )
  const { progress } = before
  const state = {
    ...before,
    champions,
    ...(progress && { progress: resumedProgress(progress, context.now) }),
  }
  if (champions.some(({ variant }) => variant === undefined))
    return { ...keptStep(record, { ...context, state }), champion: choice }
  const waves = withRestReleased(state.waves, restReleaseAt({ ...context, record, state }) ?? context.now)
  const released = waves.filter(({ wave }) => before.waves.some((one) => one.wave === wave && one.dueAt === undefined))
  const picked = championChoices(state)
  const prepared = job.prepared?.sending && { ...job.prepared, sending: { ...job.prepared.sending, champions: picked } }
  return {
    ...keptStep(record, { ...context, state: withLastDue({ ...state, waves }, record, context.zone) }),
    job: {
      type: 'transition',
      from: job.status,
      to: job.status,
      set: { prepared },
      waves: wavesDue(released, context.now),
    },
    champion: choice,
  }
}

/** Those that were picked. */
export function championChoices({ champions }: StoredSendingState): VariantChoice[] {
  return champions.flatMap(({ experiment, variant }) => (variant === undefined ? [] : [{ experiment, variant }]))
}
