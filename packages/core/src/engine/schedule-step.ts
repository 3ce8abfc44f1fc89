import { deadlineAt } from '../domain/deadline.js'
import { type ResolvedSchedule, resolveSchedule } from '../domain/resolve-schedule.js'
import { EMPTY_SENDING_STATE, type StoredSendingState } from '../domain/sending-state.js'
import { hasChampion } from '../domain/variant-assignment.js'
import { BroadsideError } from '../model/error.js'
import type { Schedule } from '../model/schedule.js'
import type { SendingRecord } from '../storage/sending-record.js'
import { type SendingStep, type StepContext, transitionStep } from './sending-step.js'

/** Draft → scheduled, or → pending. @throws what `resolveSchedule` does, and `DEADLINE_UNREACHABLE`. */
export function scheduleStep(
  record: SendingRecord,
  { schedule, ...context }: StepContext & { readonly schedule?: Schedule | undefined },
): SendingStep {
  const { now, zone } = context
  const chosen = schedule ?? record.definition.schedule ?? { type: 'immediate', prescheduled: false }
  const resolved = resolveSchedule({ schedule: chosen, now, zone })
  const definition = { ...record.definition, schedule: chosen, draft: false }
  const scheduled = { ...record, definition, scheduledAt: now, dueAt: resolved.dueAt }
  return transitionStep(scheduled, resolved.event, { ...context, state: scheduledState(scheduled, resolved, context) })
}

/** Scheduled → draft. */
export function unscheduleStep(record: SendingRecord, context: StepContext): SendingStep {
  const draft = { ...record, scheduledAt: undefined, dueAt: undefined }
  return transitionStep(draft, 'unschedule', { ...context, state: EMPTY_SENDING_STATE })
}

function scheduledState(
  record: SendingRecord,
  resolved: ResolvedSchedule,
  { now, zone }: StepContext,
): StoredSendingState {
  const { dueAt, prepareAt, inRecipientZones } = resolved
  const { deadline, experiments = [] } = record.definition
  const isLastKnown = inRecipientZones === undefined && !experiments.some(hasChampion)
  const endsAt =
    deadline !== undefined && (isLastKnown || typeof deadline === 'string')
      ? deadlineAt({ deadline, lastDueAt: dueAt, zone })
      : undefined
  if (endsAt !== undefined && endsAt <= dueAt) throw deadlineTooEarly(record.id, endsAt)
  return {
    ...EMPTY_SENDING_STATE,
    prepareAt,
    ...(inRecipientZones && { inRecipientZones: { ...inRecipientZones, engineZone: zone, scheduledAt: now } }),
    ...(isLastKnown && { lastDueAt: dueAt }),
    ...(endsAt !== undefined && { deadlineAt: endsAt }),
  }
}

function deadlineTooEarly(sendingId: string, endsAt: number): BroadsideError {
  return new BroadsideError(
    'DEADLINE_UNREACHABLE',
    `Sending ${sendingId} would be due only when its deadline, ${new Date(endsAt).toISOString()}, has passed. Send it earlier, or give it more time.`,
    { sendingId },
  )
}
