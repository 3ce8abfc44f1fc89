import type { AudienceSource } from '../audience/audience-source.js'
import type { Preflight } from '../audience/preflight.js'
import { parseInput } from '../domain/input.js'
import { contentOf, jobDefinitionOf } from '../domain/sending-content.js'
import { planSending } from '../domain/sending-plan.js'
import { parseSendingState } from '../domain/sending-state.js'
import { hasChampion } from '../domain/variant-assignment.js'
import { ZERO_COUNTERS } from '../model/counters.js'
import type { Rate } from '../model/delivery-options.js'
import { BroadsideError, isBroadsideError } from '../model/error.js'
import { jobDefinitionSchema } from '../model/job.js'
import type { SendingDefinition } from '../model/sending.js'
import { thrownReason } from '../model/thrown-reason.js'
import type { JobRecord } from '../storage/job-record.js'
import type { SendingRecord } from '../storage/sending-record.js'
import type { ChampionPicker } from './champion-picker.js'
import { runAsync } from './maybe-async.js'
import type { PreparationPorts } from './run-preparation.js'
import { sourceFailed } from './sending-recipients.js'
import { checkSendingRun } from './sending-run.js'

export interface SendingCheckPorts {
  readonly preparation: PreparationPorts
  readonly audienceSource: AudienceSource | undefined
  readonly preflight: Preflight | undefined
  readonly pickChampion: ChampionPicker | undefined
  readonly transactionalSms: boolean
}

/**
 * What can be said of a definition whenever it is stored.
 *
 * @throws BroadsideError `INVALID_INPUT` with the path of a field that can't be sent, `CLASSIFICATION_NOT_ALLOWED`.
 */
export function checkDefinition(
  definition: SendingDefinition,
  { transactionalSms }: Pick<SendingCheckPorts, 'transactionalSms'>,
): void {
  parseInput(jobDefinitionSchema, jobDefinitionOf(definition), 'The sending')
  for (const experiment of definition.experiments ?? []) for (const variant of experiment.variants) contentOf(variant)
  const { channel, channels = [channel], classification } = definition
  if (!transactionalSms && classification === 'transactional' && channels.includes('sms')) throw smsNotAllowed()
}

export function smsNotAllowed(jobId?: string): BroadsideError {
  return new BroadsideError(
    'CLASSIFICATION_NOT_ALLOWED',
    'Transactional messages are not allowed by sms: classify it as promotional, or leave sms out.',
    jobId === undefined ? {} : { jobId },
  )
}

/**
 * Makes sure that a sending can go out, as far as that is known before it is prepared. `record` is as it will be: scheduled.
 *
 * @throws BroadsideError that names what is missing; the sending stays a draft then.
 */
export async function checkSendable(record: SendingRecord, ports: SendingCheckPorts): Promise<void> {
  const { definition, id } = record
  requireRecipients(id, definition)
  if (ports.preparation.dispatch) {
    requireAudienceSource(id, definition, ports.audienceSource)
    requirePicker(id, definition, ports.pickChampion)
    await runAsync(checkSendingRun(unborn(record), definition, ports.preparation))
  }
  await requireTime(record, ports)
  await requirePreflight(id, definition, ports.preflight)
}

/** The job that a sending would have. */
export function unborn({
  id,
  definition,
  createdAt,
}: Pick<SendingRecord, 'id' | 'definition' | 'createdAt'>): JobRecord {
  return {
    id,
    definition: jobDefinitionOf(definition),
    ownerId: id,
    createdAt,
    status: 'created',
    counters: ZERO_COUNTERS,
    inFlight: 0,
    runNo: 0,
    ingestErrors: {},
    channels: [],
  }
}

function requireRecipients(sendingId: string, { audience, recipients = [], unreachedOf }: SendingDefinition): void {
  if (audience !== undefined || recipients.length > 0 || unreachedOf !== undefined) return
  const message = 'needs an audience or recipients before it can be sent; everybody is { type: "all" }'
  throw new BroadsideError('INVALID_INPUT', `Sending ${sendingId} ${message}.`, {
    sendingId,
    issues: [{ path: ['audience'], message }],
  })
}

/** @throws BroadsideError `AUDIENCE_SOURCE_MISSING`. */
export function requireAudienceSource(
  sendingId: string,
  definition: SendingDefinition,
  source: AudienceSource | undefined,
): void {
  const { audience, recipients = [] } = definition
  const byMember = recipients.some(({ member_id }) => member_id !== undefined)
  if ((audience === undefined || source !== undefined) && (!byMember || source?.member !== undefined)) return
  const wanted =
    audience !== undefined && source === undefined ? 'resolve its audience' : 'look up its recipients by member_id'
  throw new BroadsideError(
    'AUDIENCE_SOURCE_MISSING',
    `There is nobody to ${wanted} for sending ${sendingId}. Give createBroadside an audienceSource that can.`,
    { sendingId },
  )
}

/** @throws BroadsideError `CHAMPION_UNDECIDABLE`. */
export function requirePicker(
  sendingId: string,
  { experiments = [] }: SendingDefinition,
  pick: ChampionPicker | undefined,
): void {
  const byFunction = experiments.filter(hasChampion).find(({ champion }) => champion.pickedBy === 'function')
  if (byFunction === undefined || pick !== undefined) return
  throw new BroadsideError(
    'CHAMPION_UNDECIDABLE',
    `The champion of experiment ${byFunction.name} of sending ${sendingId} is to be picked by a function, and there is none. Give createBroadside pickChampion.`,
    { sendingId },
  )
}

/** A plan that fits its deadline at its rate, by the count that the audience source gives, if it gives one. */
async function requireTime(record: SendingRecord, ports: SendingCheckPorts): Promise<void> {
  const { id, definition, dueAt = 0, state } = record
  const endsAt = parseSendingState(state).deadlineAt
  if (endsAt === undefined) return
  const recipients = await countOf(id, definition, ports.audienceSource)
  const { fitsDeadline, endsAt: finishedAt } = planSending({
    groups: [{ channel: firstChannelOf(definition, ports.preparation), dueAt, recipients }],
    rate: definition.rate,
    channelRates: channelRates(definition, ports.preparation),
    deadlineAt: endsAt,
    now: record.scheduledAt ?? dueAt,
  })
  if (fitsDeadline !== false) return
  const until =
    finishedAt === undefined ? '' : ` It would take until ${new Date(finishedAt).toISOString()} at its rate.`
  throw new BroadsideError(
    'DEADLINE_UNREACHABLE',
    `Sending ${id} can't reach its ${recipients} recipients before its deadline, ${new Date(endsAt).toISOString()}.${until} Send it earlier, or give it more time.`,
    { sendingId: id },
  )
}

function firstChannelOf({ channel, channels = [] }: SendingDefinition, { providers }: PreparationPorts): string {
  return channel ?? channels[0] ?? providers.channels[0] ?? ''
}

/** The limits of the providers that would carry a sending. */
export function channelRates(
  { transport }: SendingDefinition,
  { providers }: PreparationPorts,
): ReadonlyMap<string, Rate> {
  return new Map(
    providers.channels.flatMap((channel) => {
      const rate = providers.find(channel, transport)?.limits?.rate
      return rate === undefined ? [] : [[channel, rate] as const]
    }),
  )
}

async function countOf(
  sendingId: string,
  { recipients = [], audience }: SendingDefinition,
  source: AudienceSource | undefined,
): Promise<number> {
  const { signal } = new AbortController()
  const counted = async (): Promise<unknown> =>
    audience === undefined ? undefined : source?.count?.(audience, { signal })
  const members = await counted().catch((cause: unknown) => {
    throw sourceFailed(sendingId, cause)
  })
  return recipients.length + (typeof members === 'number' && members > 0 ? Math.floor(members) : 0)
}

async function requirePreflight(
  sendingId: string,
  definition: SendingDefinition,
  preflight: Preflight | undefined,
): Promise<void> {
  for (const { type, enabled } of definition.tests ?? []) {
    if (!enabled) continue
    if (preflight === undefined) {
      throw new BroadsideError(
        'PREFLIGHT_MISSING',
        `Sending ${sendingId} asks for the test ${type}, and there is nobody to run it. Give createBroadside a preflight, or disable the test.`,
        { sendingId },
      )
    }
    await runTest({ type, sendingId, definition }, preflight)
  }
}

async function runTest(check: Parameters<Preflight['check']>[0], preflight: Preflight): Promise<void> {
  const failed = (reason: string, cause?: unknown): BroadsideError =>
    new BroadsideError(
      'PREFLIGHT_FAILED',
      `Sending ${check.sendingId} did not pass the test ${check.type}: ${reason}`,
      {
        sendingId: check.sendingId,
        cause,
      },
    )
  const result = await Promise.resolve(preflight.check(check)).catch((cause: unknown) => {
    throw isBroadsideError(cause) ? cause : failed(thrownReason(cause), cause)
  })
  if (result?.passed !== true) throw failed(result?.reason ?? 'no reason given')
}
