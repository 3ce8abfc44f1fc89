import type { SendingRecord } from '@broadside/core'
import { frozenJson } from './frozen-json.js'

/** Every sending, as it stands; those that are to be woken are found without looking at the rest. */
export class SendingTable {
  readonly #byId = new Map<string, SendingRecord>()
  readonly #waking = new Map<string, SendingRecord>()

  get(id: string): SendingRecord | undefined {
    return this.#byId.get(id)
  }

  /** Keeps a copy of `sending`, in place of the one before. */
  put(sending: SendingRecord): SendingRecord {
    const known = this.#byId.get(sending.id)?.definition
    const definition = sending.definition === known ? known : frozenJson(sending.definition)
    const kept = Object.freeze({ ...sending, definition })
    this.#byId.set(kept.id, kept)
    if (kept.wakeAt === undefined) this.#waking.delete(kept.id)
    else this.#waking.set(kept.id, kept)
    return kept
  }

  remove(id: string): void {
    this.#byId.delete(id)
    this.#waking.delete(id)
  }

  all(): Iterable<SendingRecord> {
    return this.#byId.values()
  }

  /** Those that have a `wakeAt`. */
  waking(): Iterable<SendingRecord> {
    return this.#waking.values()
  }
}
