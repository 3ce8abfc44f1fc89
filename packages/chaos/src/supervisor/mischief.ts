import { setTimeout as sleep } from 'node:timers/promises'
import type { DatabaseUnderTest, StopSignal } from '../database/database-under-test.js'
import type { Plan } from '../plan.js'
import { type Chance, chance, seedOf } from '../random.js'
import type { Crew } from './crew.js'
import type { Journal } from './journal.js'

export interface MischiefParams {
  readonly plan: Plan
  readonly crew: Crew
  readonly database: DatabaseUnderTest
  readonly journal: Journal
  /** The share of what has to arrive that has arrived. */
  readonly progress: () => number
}

type Deed = 'kill' | 'killWriter' | 'freeze' | 'retire' | 'terminate'

/** How often each deed comes up, compared with the others. */
const WEIGHTS: Readonly<Record<Deed, number>> = { kill: 12, killWriter: 2, freeze: 2, retire: 1, terminate: 5 }
const SHORTEST_PAUSE_MS = 400
const LONGEST_PAUSE_MS = 2_000
/** When Postgres goes down, as shares of what has arrived. */
const RESTARTS_AT = [0.25, 0.5, 0.75]
const MAX_FROZEN = 1

/** Does harm at random, until it is stopped. The seed decides what is done; when exactly it hits is up to the machine. */
export class Mischief {
  readonly #params: MischiefParams
  readonly #chance: Chance
  readonly #doing = new Set<Promise<void>>()
  readonly #abort = new AbortController()
  #restartsLeft: number[]
  #frozen = 0
  #isRestarting = false
  #fault: unknown
  #running: Promise<void> | undefined

  constructor(params: MischiefParams) {
    this.#params = params
    this.#chance = chance(seedOf(params.plan.seed, 'mischief'))
    this.#restartsLeft = params.database.restart === undefined ? [] : [...RESTARTS_AT]
  }

  start(): void {
    this.#running = this.#run()
  }

  /** Lets what is being done come to its end: nobody is frozen, and the database is up. Rejects when something could not be done. */
  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#running
    await Promise.all(this.#doing)
    if (this.#fault !== undefined) throw this.#fault
  }

  async #run(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      await this.#pause()
      if (this.#abort.signal.aborted) return
      if (this.#isRestartDue) this.#do(this.#restart())
      else this.#do(this.#commit(this.#drawDeed()))
    }
  }

  async #pause(): Promise<void> {
    const { signal } = this.#abort
    await sleep(this.#chance.between(SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS), undefined, { signal }).catch(() => undefined)
  }

  #do(deed: Promise<void>): void {
    const doing = deed
      .catch((error: unknown) => {
        this.#fault ??= error
      })
      .finally(() => this.#doing.delete(doing))
    this.#doing.add(doing)
  }

  #drawDeed(): Deed {
    const deeds = (Object.keys(WEIGHTS) as Deed[]).filter(
      (deed) => deed !== 'terminate' || this.#params.database.terminate !== undefined,
    )
    return this.#chance.pick(deeds.flatMap((deed) => Array.from({ length: WEIGHTS[deed] }, () => deed)))
  }

  async #commit(deed: Deed): Promise<void> {
    const { crew } = this.#params
    const candidates = deed === 'killWriter' ? crew.writersAtWork : crew.workersAtWork
    const member = this.#chance.pick(candidates)
    if (member === undefined) return
    if (deed === 'terminate') await this.#terminate(member.boot)
    else if (deed === 'freeze') await this.#freeze(member)
    else await crew.end(member, (one) => (deed === 'retire' ? one.retire() : one.kill()))
  }

  async #freeze(member: { freeze(forMs: number): Promise<void> }): Promise<void> {
    if (this.#frozen >= MAX_FROZEN) return
    this.#frozen += 1
    const { leaseMs } = this.#params.plan
    await member.freeze(this.#chance.between(leaseMs, leaseMs * 2))
    this.#frozen -= 1
  }

  /** A database that is down has no connections to end. */
  async #terminate(boot: string): Promise<void> {
    const { database, journal } = this.#params
    const at = Date.now()
    const connections = await database.terminate?.(boot).catch(() => 0)
    if (connections) journal.enter({ type: 'terminate', boot, at, connections })
  }

  get #isRestartDue(): boolean {
    const [share] = this.#restartsLeft
    return share !== undefined && !this.#isRestarting && this.#params.progress() >= share
  }

  async #restart(): Promise<void> {
    this.#restartsLeft = this.#restartsLeft.slice(1)
    const { database, journal, plan } = this.#params
    const signal: StopSignal = this.#restartsLeft.length % 2 === 0 ? 'SIGQUIT' : 'SIGKILL'
    const at = Date.now()
    this.#isRestarting = true
    await database.restart?.({ signal, downMs: this.#chance.between(0, plan.leaseMs) })
    this.#isRestarting = false
    journal.enter({ type: 'restart', signal, at, until: Date.now() })
  }
}
