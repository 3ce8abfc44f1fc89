import { addressKey, addressKeysOn } from '../domain/address-key.js'
import { deadlineAt } from '../domain/deadline.js'
import { planEntry } from '../domain/ingest-plan.js'
import { parseInput } from '../domain/input.js'
import { dueByZone } from '../domain/recipient-zone.js'
import { type PlannedGroup, planSending, type SendingPlan } from '../domain/sending-plan.js'
import { parseSendingState, type SendingWave } from '../domain/sending-state.js'
import { type WavePlace, waveGroupOf, withRestReleased, withWave } from '../domain/sending-waves.js'
import { hasChampion } from '../domain/variant-assignment.js'
import { ITEM_CODES } from '../model/item.js'
import { type ScheduleInput, scheduleSchema } from '../model/schedule.js'
import type { SendingRecord } from '../storage/sending-record.js'
import { wayTo } from './item-routing.js'
import { restReleaseAt } from './last-due.js'
import { PAST_IN_ZONE, type RecipientIntakePorts, withLastingId } from './recipient-intake.js'
import { channelsOf, type PreparationPorts } from './run-preparation.js'
import { scheduleStep } from './schedule-step.js'
import { channelRates, unborn } from './sending-checks.js'
import { type FoundRecipient, type RecipientPorts, recipientsOf } from './sending-recipients.js'
import { withOthers } from './sending-run.js'

export interface ForecastPorts extends RecipientIntakePorts, RecipientPorts {
  readonly preparation: PreparationPorts
}

export interface PlanOptions {
  /** Of a draft: instead of the stored one. With neither, it is planned for now. */
  readonly schedule?: ScheduleInput | undefined
  readonly signal?: AbortSignal | undefined
}

/** What a sending would do. */
export interface SendingForecast extends SendingPlan {
  /** Recipients that nothing would be sent to, counted by why: `NO_ADDRESS`, `PAST_IN_ZONE`, or what is wrong with them. */
  readonly leftOut: Readonly<Record<string, number>>
  /** How many of the recipients test; with experiments that have a champion. */
  readonly testGroup?: number | undefined
  /** What is possible, and probably not meant. */
  readonly warnings: readonly ForecastWarning[]
}

export interface ForecastWarning {
  /** `EMPTY_TEST_GROUP`: nobody tests, and the rest waits for a champion all the same. */
  readonly code: 'EMPTY_TEST_GROUP'
  readonly message: string
}

/**
 * A dry run: reads everybody a sending goes to and counts them by channel and due instant. Nothing is stored. Members that the audience source names
 * twice count twice; those that are also given inline count once.
 */
export async function forecastSending(
  record: SendingRecord,
  options: PlanOptions,
  ports: ForecastPorts,
): Promise<SendingForecast> {
  const scheduled = asScheduled(record, options, ports)
  const { definition, id: sendingId } = scheduled
  const signal = options.signal ?? new AbortController().signal
  const tally = new ForecastTally(scheduled, ports)
  let inline = definition.recipients?.length ?? 0
  for await (const found of recipientsOf({ sendingId, definition, signal }, ports)) {
    tally.add(found, inline-- > 0)
    if (ports.pacer.isDue) await ports.pacer.breathe()
  }
  return tally.forecast()
}

/** A draft as it would be scheduled now; one that is scheduled as it is. */
function asScheduled(record: SendingRecord, { schedule }: PlanOptions, { clock, zone }: ForecastPorts): SendingRecord {
  if (record.status !== 'draft') return record
  const given = schedule === undefined ? undefined : parseInput(scheduleSchema, schedule, 'The schedule')
  // Whether it meets its deadline is what is asked: it is no reason to refuse.
  const { deadline: _, ...rest } = record.definition
  const { after } = scheduleStep({ ...record, definition: rest }, { now: clock.now(), zone, schedule: given })
  return { ...after, definition: { ...after.definition, deadline: record.definition.deadline } }
}

interface TalliedGroup {
  readonly channel: string
  readonly place: WavePlace
  recipients: number
}

class ForecastTally {
  readonly #record: SendingRecord
  readonly #ports: ForecastPorts
  readonly #job
  readonly #plannedAt: (zone: string | undefined) => number | undefined
  readonly #groups = new Map<string, TalliedGroup>()
  readonly #leftOut: Record<string, number> = {}
  readonly #inline = new Set<string>()

  constructor(record: SendingRecord, ports: ForecastPorts) {
    this.#record = record
    this.#ports = ports
    const job = unborn(record)
    this.#job = { ...job, channels: withOthers(channelsOf(job, ports.preparation), job, ports.preparation) }
    const { inRecipientZones } = parseSendingState(record.state)
    this.#plannedAt = inRecipientZones === undefined ? () => record.dueAt : dueByZone(inRecipientZones)
  }

  add(found: FoundRecipient, isInline: boolean): void {
    const group = found.ok ? this.#groupOf(found.entry, isInline) : found.code
    if (group === undefined) return
    if (typeof group === 'string') {
      this.#leftOut[group] = (this.#leftOut[group] ?? 0) + 1
      return
    }
    const key = JSON.stringify(group)
    const known = this.#groups.get(key)
    if (known === undefined) this.#groups.set(key, { ...group, recipients: 1 })
    else known.recipients += 1
  }

  forecast(): SendingForecast {
    const { definition } = this.#record
    const { clock, preparation } = this.#ports
    const groups = this.#dueGroups()
    const plan = planSending({
      groups,
      rate: definition.rate,
      channelRates: channelRates(definition, preparation),
      deadlineAt: this.#deadlineAt(groups),
      now: clock.now(),
    })
    const isOpen = definition.deadline !== undefined && groups.some(({ dueAt }) => dueAt === undefined)
    return {
      ...plan,
      fitsDeadline: isOpen && plan.fitsDeadline === true ? undefined : plan.fitsDeadline,
      leftOut: this.#leftOut,
      ...this.#tested(plan),
    }
  }

  /** Each group with when it goes out, as the engine would have it: by its waves where they are there already. */
  #dueGroups(): PlannedGroup[] {
    const { clock, zone } = this.#ports
    const state = parseSendingState(this.#record.state)
    const groups = [...this.#groups.values()]
    const waves = groups.reduce<readonly SendingWave[]>((known, { place }) => withWave(known, place).waves, state.waves)
    // Once all items are there, the champion's time has been fixed.
    const isBuilt = state.champions.length > 0
    const releaseAt = restReleaseAt({
      record: this.#record,
      state: isBuilt ? state : { ...state, waves: [...waves] },
      now: clock.now(),
      zone,
    })
    const released = releaseAt === undefined ? waves : withRestReleased(waves, releaseAt)
    return groups.map(({ channel, place, recipients }) => ({
      channel,
      recipients,
      dueAt: withWave(released, place).wave.dueAt,
    }))
  }

  /** One that counts from the last due instant is known when that is. */
  #deadlineAt(groups: readonly PlannedGroup[]): number | undefined {
    const { definition, dueAt, state } = this.#record
    const { deadline } = definition
    const { clock, zone } = this.#ports
    const fixedAt = parseSendingState(state).deadlineAt
    if (deadline === undefined || fixedAt !== undefined) return fixedAt
    const instants = groups.flatMap((group) => (group.dueAt === undefined ? [] : [group.dueAt]))
    if (typeof deadline === 'object' && instants.length < groups.length) return undefined
    const lastDueAt = instants.reduce((last, at) => Math.max(last, at), dueAt ?? clock.now())
    return deadlineAt({ deadline, lastDueAt, zone })
  }

  #tested({ recipients }: SendingPlan): Pick<SendingForecast, 'testGroup' | 'warnings'> {
    const names = (this.#record.definition.experiments ?? []).filter(hasChampion).map(({ name }) => name)
    if (names.length === 0) return { warnings: [] }
    let testGroup = 0
    for (const { place, recipients: count } of this.#groups.values()) if (place.group === 'test') testGroup += count
    if (testGroup > 0 || recipients === 0) return { testGroup, warnings: [] }
    const message = `Of the ${recipients} recipients nobody is in the test group of ${names.join(', ')}: there will be no results to pick a champion by, and everybody waits for it all the same. Raise testShare, or leave the experiment out.`
    return { testGroup, warnings: [{ code: 'EMPTY_TEST_GROUP', message }] }
  }

  /** `undefined` for somebody who is counted already. */
  #groupOf(
    entry: Extract<FoundRecipient, { ok: true }>['entry'],
    isInline: boolean,
  ): Omit<TalliedGroup, 'recipients'> | string | undefined {
    const plan = planEntry(entry, this.#ports.ingest)
    if (!plan.ok) return plan.code
    const plannedAt = this.#plannedAt(entry.timeZone)
    if (plannedAt === undefined) return PAST_IN_ZONE
    const way = wayTo(entry, { job: this.#job, providers: this.#ports.providers, failed: [] })
    const channel = way?.provider.channel
    const keys = [plan.item.identity]
    if (way !== undefined) keys.push(addressKey(way.provider.channel, way.address, this.#ports.ingest.domainToAscii))
    const all = isInline ? [] : addressKeysOn(entry, this.#job.channels, this.#ports.ingest.domainToAscii)
    if ([...keys, ...all].some((key) => this.#inline.has(key))) return undefined
    if (isInline) for (const key of keys) this.#inline.add(key)
    if (channel === undefined) return ITEM_CODES.noAddress
    const { recipient } = withLastingId(plan.item)
    return { channel, place: { group: waveGroupOf(this.#record.definition.experiments ?? [], recipient), plannedAt } }
  }
}
