import type { ManualClock, Storage } from '../../src/index.js'
import type { Chance } from './random.js'

/** How likely a storage call goes wrong, and how. */
export interface Faults {
  /** Rejects and has done nothing. */
  readonly refuse: number
  /** Has happened, but the answer is an error: the connection broke in between. */
  readonly loseAnswer: number
  readonly slow: number
}

export const NO_FAULTS: Faults = { refuse: 0, loseAnswer: 0, slow: 0 }

/** The process an engine lives in: it can die at any moment, or freeze and come back. */
export class Host {
  readonly id: number
  isDead = false
  /** Set once it has died or frozen: what it had in flight then may have gone out without anybody knowing. */
  wasCutOff = false
  readonly #clock: ManualClock
  #frozenUntil = Number.NEGATIVE_INFINITY

  constructor(id: number, clock: ManualClock) {
    this.id = id
    this.#clock = clock
  }

  kill(): void {
    this.isDead = true
    this.wasCutOff = true
  }

  freeze(forMs: number): void {
    this.wasCutOff = true
    this.#frozenUntil = this.#clock.now() + forMs
  }

  /** Every effect passes here, before and after: a dead process goes no further, a frozen one not yet. */
  async alive(): Promise<void> {
    if (this.isDead) return new Promise(() => undefined)
    const leftMs = this.#frozenUntil - this.#clock.now()
    if (leftMs <= 0) return
    await new Promise<void>((resolve) => this.#clock.setTimer(leftMs, resolve))
    return this.alive()
  }
}

/** Calls whose answers may get lost without the caller taking them for undone: the rest are commands of a user, who would see an error. */
const REPEATABLE = new Set<PropertyKey>(['settle', 'extend', 'giveBack', 'claim', 'reap', 'listClaimable', 'getJob'])

/** The storage as a host sees it over a bad line. */
export function overBadLine(
  storage: Storage,
  line: { host: Host; clock: ManualClock; chance: Chance; faults: () => Faults },
): Storage {
  const { host, clock, chance, faults } = line
  return new Proxy(storage, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (name === 'close') return async () => undefined
      if (typeof member !== 'function' || name === 'open' || name === 'onWake')
        return typeof member === 'function' ? member.bind(target) : member
      return async (...args: unknown[]) => {
        await host.alive()
        const { refuse, loseAnswer, slow } = REPEATABLE.has(name) ? faults() : NO_FAULTS
        if (chance.hits(slow)) await new Promise<void>((resolve) => clock.setTimer(chance.between(1, 400), resolve))
        await host.alive()
        if (chance.hits(refuse)) throw new Error(`simulated: ${String(name)} refused`)
        const answer: unknown = await member.apply(target, args)
        await host.alive()
        if (chance.hits(loseAnswer)) throw new Error(`simulated: the answer of ${String(name)} got lost`)
        return answer
      }
    },
  })
}
