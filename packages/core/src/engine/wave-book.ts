import { dueByZone } from '../domain/recipient-zone.js'
import { parseSendingState, type SendingWave } from '../domain/sending-state.js'
import { waveGroupOf, wavesDue, withRestReleased, withWave } from '../domain/sending-waves.js'
import type { NewItem } from '../storage/item-record.js'
import type { SendingRecord } from '../storage/sending-record.js'
import type { WaveDue } from '../storage/wave.js'
import type { Clock } from './clock.js'
import { restReleaseAt } from './last-due.js'

export interface WaveBookPorts {
  readonly clock: Clock
  /** The engine's. */
  readonly zone: string
}

export interface WaveBookParams {
  readonly record: SendingRecord
  /** Items may be in already, from before a crash. */
  readonly isRepeat: boolean
  /** Its items have been counted before: these come on top. */
  readonly isAddition: boolean
}

/** The waves of a sending whose items are being made: which one each goes with, and how many each has. */
export class WaveBook {
  readonly #ports: WaveBookPorts
  readonly #params: WaveBookParams
  readonly #plannedAt: (zone: string | undefined) => number | undefined
  readonly #counts = new Map<number, number>()
  #waves: readonly SendingWave[]
  #hasNew = false

  constructor(params: WaveBookParams, ports: WaveBookPorts) {
    this.#params = params
    this.#ports = ports
    const { inRecipientZones, waves } = parseSendingState(params.record.state)
    this.#waves = waves
    this.#plannedAt = inRecipientZones === undefined ? () => params.record.dueAt : dueByZone(inRecipientZones)
    if (params.isAddition) for (const { wave, items = 0 } of waves) this.#counts.set(wave, items)
  }

  /** When the time of a recipient in that zone comes; `undefined` when it has passed, and that leaves them out. */
  plannedAt(timeZone: string | undefined): number | undefined {
    return this.#plannedAt(timeZone)
  }

  /** The number of the wave that a recipient goes with, whose time comes then: a new one where there is none yet. */
  waveOf(recipient: string, plannedAt: number): number {
    const group = waveGroupOf(this.#params.record.definition.experiments ?? [], recipient)
    const { waves, wave } = withWave(this.#waves, { group, plannedAt })
    if (waves !== this.#waves) {
      this.#waves = this.#released(waves)
      this.#hasNew = true
    }
    return wave.wave
  }

  /** The waves that there are to be kept, if there are new ones since this was asked last. */
  takeNew(): readonly SendingWave[] | undefined {
    const taken = this.#hasNew ? this.#waves : undefined
    this.#hasNew = false
    return taken
  }

  /** When the waves of these items are due. */
  dueOf(items: readonly NewItem[]): WaveDue[] {
    const used = new Set(items.map(({ wave }) => wave))
    return wavesDue(
      this.#waves.filter(({ wave }) => used.has(wave)),
      this.#ports.clock.now(),
    )
  }

  /** Counts items that were added; `duplicates` are the indexes of those that were there. */
  count(items: readonly NewItem[], duplicates: ReadonlySet<number>): void {
    items.forEach(({ wave = 0 }, i) => {
      // After a crash, what is there already may be of the time before it: rather too many than too few.
      if (duplicates.has(i) && !this.#params.isRepeat) return
      this.#counts.set(wave, (this.#counts.get(wave) ?? 0) + 1)
    })
  }

  /** The waves with how many items they have. */
  get counted(): SendingWave[] {
    return this.#waves.map((wave) => ({ ...wave, items: this.#counts.get(wave.wave) ?? 0 }))
  }

  /** Who comes when the champions are known has nothing to wait for. */
  #released(waves: readonly SendingWave[]): readonly SendingWave[] {
    const { record } = this.#params
    const { clock, zone } = this.#ports
    const state = { ...parseSendingState(record.state), waves: [...waves] }
    const isDecided = state.champions.length > 0 && state.champions.every(({ variant }) => variant !== undefined)
    if (!isDecided) return waves
    const now = clock.now()
    return withRestReleased(waves, restReleaseAt({ record, state, now, zone }) ?? now)
  }
}
