import { parseInput } from '../domain/input.js'
import { requireSendingAllows, type SendingOperation } from '../domain/sending-refusal.js'
import { isTerminalSending } from '../domain/sending-transitions.js'
import { requireVariant, type VariantChoice } from '../domain/variant-assignment.js'
import { BroadsideError } from '../model/error.js'
import { type Schedule, type ScheduleInput, scheduleSchema } from '../model/schedule.js'
import { type SendingInfo, type SendingInput, sendingDefinitionSchema } from '../model/sending.js'
import type { JobRecord } from '../storage/job-record.js'
import type { Once } from '../storage/once.js'
import type { SendingRecord } from '../storage/sending-record.js'
import type { SendingChange } from '../storage/sending-storage.js'
import type { Storage } from '../storage/storage.js'
import { championStep } from './champion-step.js'
import type { Clock } from './clock.js'
import { cancelStep } from './closing-steps.js'
import type { Idempotency, IdempotencyOptions } from './idempotency.js'
import type { Ids } from './ids.js'
import type { ResolveUncertainOptions } from './job.js'
import { catchUpWithJob } from './job-ahead.js'
import { pauseStep, resumeStep } from './pause-steps.js'
import { resolveStep, retryStep } from './retry-step.js'
import { scheduleStep, unscheduleStep } from './schedule-step.js'
import type { SendingChanges } from './sending-changes.js'
import { checkDefinition, checkSendable, type SendingCheckPorts } from './sending-checks.js'
import {
  keepsChanging,
  notEnded,
  ofUnstored,
  requirePickable,
  sendingOfKeyIsGone,
  stillInFlight,
} from './sending-command-refusals.js'
import { sendingInfo, sendingNotFound, sendingsOf } from './sending-info.js'
import { duplicateOf, patched, type SendingPatch } from './sending-patch.js'
import type { SendingStep, StepContext } from './sending-step.js'

export interface SendingCommandPorts {
  readonly storage: Storage
  readonly clock: Clock
  readonly ids: Ids
  readonly idempotency: Idempotency
  readonly changes: SendingChanges
  readonly checks: SendingCheckPorts
  /** The engine's. */
  readonly zone: string
}

export interface SendOptions extends IdempotencyOptions {
  /** Instead of the stored one. With neither, it goes at once. */
  readonly schedule?: ScheduleInput | undefined
}

export interface RetrySendingOptions extends IdempotencyOptions {
  /** Takes up `uncertain` items too: they may go out twice. Default false. */
  readonly includeUncertain?: boolean | undefined
}

export interface DuplicateOptions extends IdempotencyOptions {
  /** What the copy has other than the original. */
  readonly changes?: SendingPatch | undefined
  /** Goes only to those who did not get the original: its items that are neither sent nor of unknown outcome. Default false. */
  readonly onlyUnreached?: boolean | undefined
}

export interface PickChampionOptions extends IdempotencyOptions, VariantChoice {}

/** A change is decided on what was read; when another process was quicker, it is decided again. */
const DECISIONS = 8

type Decide = (record: SendingRecord, context: StepContext) => SendingStep | Promise<SendingStep>

interface Command extends IdempotencyOptions {
  readonly operation: SendingOperation | 'pickChampion' | 'resolveUncertain'
  /** What was asked for, to tell a repeat from another request. */
  readonly request?: unknown
  readonly decide: Decide
}

/** The operations that change a sending. Each is decided by core's table and guarded by storage. */
export class SendingCommands {
  readonly #ports: SendingCommandPorts

  constructor(ports: SendingCommandPorts) {
    this.#ports = ports
  }

  async create(input: SendingInput, options: IdempotencyOptions): Promise<string> {
    const definition = parseInput(sendingDefinitionSchema, input, 'The sending')
    checkDefinition(definition, this.#ports.checks)
    return this.#create({ operation: 'create', target: '', request: definition, ...options }, async () => {
      const draft = this.#draft(definition)
      const { schedule, draft: isDraft } = definition
      if (schedule === undefined || isDraft) return { events: [], after: draft }
      return this.#schedule(draft, undefined).catch((error: unknown) => {
        throw ofUnstored(error, draft.id)
      })
    })
  }

  update(sendingId: string, patch: SendingPatch, options: IdempotencyOptions): Promise<SendingInfo> {
    return this.#change(sendingId, {
      operation: 'update',
      request: patch,
      ...options,
      decide: (record) => {
        const definition = parseInput(sendingDefinitionSchema, patched(record.definition, patch), 'The changed sending')
        checkDefinition(definition, this.#ports.checks)
        return { events: ['update'], after: { ...record, definition } }
      },
    })
  }

  send(sendingId: string, { schedule: given, ...options }: SendOptions): Promise<SendingInfo> {
    const schedule = given === undefined ? undefined : parseInput(scheduleSchema, given, 'The schedule')
    const decide: Decide = (record) => this.#schedule(record, schedule)
    return this.#change(sendingId, { operation: 'send', request: schedule, ...options, decide })
  }

  unschedule(sendingId: string, options: IdempotencyOptions): Promise<SendingInfo> {
    return this.#change(sendingId, { operation: 'unschedule', ...options, decide: unscheduleStep })
  }

  pause(sendingId: string, options: IdempotencyOptions): Promise<SendingInfo> {
    return this.#change(sendingId, { operation: 'pause', ...options, decide: pauseStep })
  }

  resume(sendingId: string, options: IdempotencyOptions): Promise<SendingInfo> {
    return this.#change(sendingId, { operation: 'resume', ...options, decide: resumeStep })
  }

  cancel(sendingId: string, options: IdempotencyOptions): Promise<SendingInfo> {
    return this.#change(sendingId, { operation: 'cancel', ...options, decide: cancelStep })
  }

  retryFailed(sendingId: string, { includeUncertain = false, ...options }: RetrySendingOptions): Promise<SendingInfo> {
    const statuses = includeUncertain ? (['error', 'uncertain'] as const) : (['error'] as const)
    const decide: Decide = async (record, context) =>
      retryStep(record, { ...context, statuses, job: await this.#jobOf(record) })
    return this.#change(sendingId, { operation: 'retryFailed', request: statuses, ...options, decide })
  }

  /** Resolves with how many of the items were `uncertain` and are now settled or taken up again. */
  async resolveUncertain(
    sendingId: string,
    { seqs, decision, idempotencyKey }: ResolveUncertainOptions,
  ): Promise<number> {
    const keyed = {
      operation: 'sending.resolveUncertain',
      target: sendingId,
      idempotencyKey,
      request: [decision, seqs],
    }
    const decide: Decide = async (record, context) =>
      resolveStep(record, { ...context, seqs, decision, job: await this.#jobOf(record) })
    return this.#ports.idempotency.run(
      keyed,
      async (once) =>
        (await this.#decided(sendingId, { operation: 'resolveUncertain', decide, once })).job?.changed ?? 0,
      (answer) => (JSON.parse(answer) as SendingChange).job?.changed ?? 0,
    )
  }

  pickChampion(sendingId: string, { experiment, variant, ...options }: PickChampionOptions): Promise<SendingInfo> {
    const choice = { experiment, variant }
    const decide: Decide = async (record, context) => {
      requireVariant(record.definition.experiments ?? [], choice)
      requirePickable(record, choice)
      return championStep(record, { ...context, choice, job: await this.#jobOf(record) })
    }
    const request = [experiment, variant]
    return this.#change(sendingId, { operation: 'pickChampion', request, ...options, decide })
  }

  /** A draft like it. Resolves with its id. */
  async duplicate(
    sendingId: string,
    { changes = {}, onlyUnreached = false, ...options }: DuplicateOptions,
  ): Promise<string> {
    const request = [changes, onlyUnreached]
    return this.#create({ operation: 'duplicate', target: sendingId, request, ...options }, async () => {
      const original = await this.load(sendingId)
      const copy = patched(duplicateOf(original, onlyUnreached && (await this.#wentOut(original))), changes)
      const definition = parseInput(sendingDefinitionSchema, copy, 'The copy')
      checkDefinition(definition, this.#ports.checks)
      return { events: [], after: this.#draft(definition) }
    })
  }

  async delete(sendingId: string): Promise<void> {
    for (let decision = 0; decision < DECISIONS; decision++) {
      const record = await this.load(sendingId)
      requireSendingAllows('delete', record)
      const { applied, sending } = await this.#ports.changes.delete(record)
      if (applied) return
      if (sending?.version === record.version) throw stillInFlight(record)
    }
    throw keepsChanging(sendingId)
  }

  /** @throws BroadsideError `SENDING_NOT_FOUND`. */
  async load(sendingId: string): Promise<SendingRecord> {
    const record = await sendingsOf(this.#ports.storage).getSending(String(sendingId))
    if (record === undefined) throw sendingNotFound(String(sendingId))
    return record
  }

  get #context(): StepContext {
    return { now: this.#ports.clock.now(), zone: this.#ports.zone }
  }

  #draft(definition: SendingRecord['definition']): SendingRecord {
    const { ids, clock } = this.#ports
    return { id: ids.sendingId(), definition, status: 'draft', createdAt: clock.now(), state: '', version: 1 }
  }

  async #schedule(record: SendingRecord, schedule: Schedule | undefined): Promise<SendingStep> {
    const step = scheduleStep(record, { ...this.#context, schedule })
    await checkSendable(step.after, this.#ports.checks)
    return step
  }

  async #create(
    keyed: IdempotencyOptions & { readonly operation: string; readonly target: string; readonly request: unknown },
    decide: () => Promise<SendingStep>,
  ): Promise<string> {
    let made: string | undefined
    const id = await this.#ports.idempotency.run(
      { ...keyed, operation: `sending.${keyed.operation}`, idempotencyKey: keyed.idempotencyKey },
      async (once) => {
        const step = await decide()
        made = step.after.id
        return (await this.#ports.changes.create(step, once)).id
      },
      (answer) => (JSON.parse(answer) as SendingRecord).id,
    )
    if (id !== made && (await sendingsOf(this.#ports.storage).getSending(id)) === undefined)
      throw sendingOfKeyIsGone(id)
    return id
  }

  #change(sendingId: string, { operation, request = null, decide, idempotencyKey }: Command): Promise<SendingInfo> {
    return this.#ports.idempotency.run(
      { operation: `sending.${operation}`, target: sendingId, idempotencyKey, request },
      async (once) => infoAfter(await this.#decided(sendingId, { operation, decide, once })),
      (answer) => infoAfter(JSON.parse(answer) as SendingChange),
    )
  }

  async #decided(
    sendingId: string,
    { operation, decide, once }: Pick<Command, 'operation' | 'decide'> & { readonly once: Once | undefined },
  ): Promise<SendingChange> {
    for (let decision = 0; decision < DECISIONS; decision++) {
      const record = await this.load(sendingId)
      if (isInTables(operation)) requireSendingAllows(operation, record)
      const change = await this.#ports.changes.apply(await decide(record, this.#context), once)
      if (change.applied) return change
      if (change.sending === undefined) throw sendingNotFound(sendingId)
      if (change.sending.version === record.version) await catchUpWithJob(record, this.#context, this.#ports)
    }
    throw keepsChanging(sendingId)
  }

  /** Nothing of one that was never built has gone out: nobody got it, and not everybody is known. */
  async #wentOut(record: SendingRecord): Promise<boolean> {
    if (!isTerminalSending(record.status)) throw notEnded(record)
    const job = record.jobId === undefined ? undefined : await this.#ports.storage.getJob(record.jobId)
    return (job?.runNo ?? 0) > 0
  }

  async #jobOf({ id, jobId }: SendingRecord): Promise<JobRecord> {
    const job = jobId === undefined ? undefined : await this.#ports.storage.getJob(jobId)
    if (job === undefined) {
      throw new BroadsideError('INVALID_TRANSITION', `Sending ${id} has no items yet.`, { sendingId: id })
    }
    return job
  }
}

/** The others change no status: what they are refused for is their own affair. */
function isInTables(operation: Command['operation']): operation is SendingOperation {
  return operation !== 'pickChampion' && operation !== 'resolveUncertain'
}

function infoAfter({ sending, job }: SendingChange): SendingInfo {
  if (sending === undefined)
    throw new BroadsideError('STORAGE_FAILED', 'The storage did not say what became of the sending.')
  return sendingInfo(sending, job?.job)
}
