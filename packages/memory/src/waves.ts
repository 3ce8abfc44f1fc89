import { seqInWave, type WaveDue, waveOfSeq } from '@broadside/core'
import { DuePool } from './due-pool.js'
import { type FreeRange, firstSeqOf } from './free-range.js'
import type { ItemState } from './item-state.js'

/** Items of a job that go out together. */
export interface WaveState {
  readonly wave: number
  /** By place, without gaps. */
  readonly items: ItemState[]
  /** The place from which on no item has ever been claimed. */
  cursor: number
  /** From when on those can be claimed; never, until a call says when, with `Infinity`. */
  dueAt: number
  readonly freeRanges: DuePool<FreeRange>
}

const SECOND_WAVE_AT = seqInWave(1, 0)

/** The waves of a job and the items in them. What nearly every job has, wave 0 alone, is found without looking anything up. */
export class Waves {
  readonly #first = newWave(0)
  readonly #ascending: WaveState[] = [this.#first]
  readonly #byNumber = new Map([[0, this.#first]])

  find(wave: number): WaveState | undefined {
    return wave === 0 ? this.#first : this.#byNumber.get(wave)
  }

  /** The wave, new where the job has none of this number. */
  obtain(wave: number): WaveState {
    return this.find(wave) ?? this.#add(wave)
  }

  itemAt(seq: number): ItemState | undefined {
    if (seq < SECOND_WAVE_AT) return this.#first.items[seq]
    const wave = waveOfSeq(seq)
    return this.#byNumber.get(wave)?.items[seq - seqInWave(wave, 0)]
  }

  /** Ascending. */
  all(): readonly WaveState[] {
    return this.#ascending
  }

  /** The items from `seq` on, ascending. */
  *itemsFrom(seq: number): Generator<ItemState> {
    for (const { wave, items } of this.#ascending) {
      const from = Math.max(0, seq - seqInWave(wave, 0))
      for (let place = from; place < items.length; place += 1) yield items[place] as ItemState
    }
  }

  /** Takes an item away, the last one; false when none is left. */
  pop(): boolean {
    for (;;) {
      const last = this.#ascending.at(-1)
      if (last === undefined) return false
      if (last.items.pop() !== undefined) return true
      this.#ascending.pop()
    }
  }

  #add(number: number): WaveState {
    const wave = newWave(number)
    const at = this.#ascending.findIndex((other) => other.wave > number)
    this.#ascending.splice(at < 0 ? this.#ascending.length : at, 0, wave)
    this.#byNumber.set(number, wave)
    return wave
  }
}

function newWave(wave: number): WaveState {
  const freeRanges = new DuePool<FreeRange>({
    dueAt: (range) => range.notBefore,
    comesBefore: (a, b) => firstSeqOf(a) < firstSeqOf(b),
    isLive: (range) => range.open > 0,
  })
  return { wave, items: [], cursor: 0, dueAt: Number.NEGATIVE_INFINITY, freeRanges }
}

/** Whether it has items that nobody has claimed yet. */
export function hasRest({ cursor, items }: WaveState): boolean {
  return cursor < items.length
}

/** Whether something of it can be claimed at `now`. */
export function isDue(wave: WaveState, now: number): boolean {
  return (hasRest(wave) && wave.dueAt <= now) || wave.freeRanges.peek(now) !== undefined
}

/** The next instant after `now` at which something of it becomes due; `Infinity` while that is not said. */
export function nextDueAt(wave: WaveState, now: number): number | undefined {
  const freedAt = wave.freeRanges.nextDueAt(now)
  if (!hasRest(wave) || wave.dueAt <= now) return freedAt
  return Math.min(wave.dueAt, freedAt ?? wave.dueAt)
}

/** Moves what nobody has claimed yet to the instants given. */
export function setDue(waves: Waves, dues: readonly WaveDue[] = []): void {
  for (const { wave: number, dueAt } of dues) {
    const wave = waves.find(number)
    if (wave && hasRest(wave)) wave.dueAt = dueAt ?? Number.POSITIVE_INFINITY
  }
}
