import { Heap } from './heap.js'

export interface DuePoolParams<Entry> {
  /** The instant from which an entry may be taken, in ms since the epoch. */
  readonly dueAt: (entry: Entry) => number
  /** The order in which entries that are due are taken. */
  readonly comesBefore: (a: Entry, b: Entry) => boolean
  /** False for an entry that has become void since it was added. Void entries cost nothing but the step that drops them. */
  readonly isLive: (entry: Entry) => boolean
}

/**
 * Entries that become due: those that wait, by their instant, and those that are due, by the pool's own order. Each
 * operation costs the logarithm of the size. An earlier `now` than the call before is fine: what is not due then waits again.
 */
export class DuePool<Entry> {
  readonly #params: DuePoolParams<Entry>
  readonly #waiting: Heap<Entry>
  readonly #due: Heap<Entry>

  constructor(params: DuePoolParams<Entry>) {
    this.#params = params
    this.#waiting = new Heap((a, b) => params.dueAt(a) < params.dueAt(b))
    this.#due = new Heap(params.comesBefore)
  }

  add(entry: Entry): void {
    this.#waiting.push(entry)
  }

  /** The first entry that is due at `now`, left where it is. */
  peek(now: number): Entry | undefined {
    this.#promote(now)
    for (;;) {
      const first = this.#due.peek()
      if (first === undefined) return undefined
      if (this.#params.isLive(first)) {
        if (this.#params.dueAt(first) <= now) return first
        this.#waiting.push(first)
      }
      this.#due.pop()
    }
  }

  /** Takes the first entry that is due at `now` out of the pool. */
  take(now: number): Entry | undefined {
    const first = this.peek(now)
    if (first !== undefined) this.#due.pop()
    return first
  }

  /** The next instant after `now` at which an entry becomes due. */
  nextDueAt(now: number): number | undefined {
    this.#promote(now)
    const next = this.#waiting.peek()
    return next === undefined ? undefined : this.#params.dueAt(next)
  }

  /** Moves what is due at `now` over, and drops void entries in front of the first that waits. */
  #promote(now: number): void {
    for (;;) {
      const next = this.#waiting.peek()
      if (next === undefined) return
      const live = this.#params.isLive(next)
      if (live && this.#params.dueAt(next) > now) return
      this.#waiting.pop()
      if (live) this.#due.push(next)
    }
  }
}
