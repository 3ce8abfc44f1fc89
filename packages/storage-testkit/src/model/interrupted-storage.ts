import assert from 'node:assert/strict'
import { isBroadsideError, type ReapParams, type SendingStorage, type Settlement, type Storage } from '@broadside/core'
import type { Interruption } from '../interruption/interruption.js'
import { throughProxy } from '../wrap.js'
import { LOST_ANSWERS, LOST_SENDING_ANSWERS } from './lost-answers.js'
import type { World } from './world.js'

/** The storage of a world, of which the next call that changes something is interrupted. */
export class InterruptedStorage {
  readonly #world: World
  readonly #intact: Storage
  readonly #interruption: Interruption
  #isDone = false
  /** The call was interrupted, and has done nothing. */
  hasFailed = false

  constructor(world: World, interruption: Interruption) {
    this.#world = world
    this.#intact = world.storage
    this.#interruption = interruption
  }

  get storage(): Storage {
    return throughProxy(this.#intact, (key) => {
      if (key === 'sendings') return this.#intact.sendings && this.#sendings(this.#intact.sendings)
      if (this.#isDone || !isKeyOf(LOST_ANSWERS, key)) return Reflect.get(this.#intact, key)
      return (params: never) =>
        this.#interrupt({
          method: key,
          recovery: LOST_ANSWERS[key],
          params,
          call: (given) => (this.#intact[key] as Call)(given),
        })
    })
  }

  #sendings(intact: SendingStorage): SendingStorage {
    return throughProxy(intact, (key) => {
      if (this.#isDone || !isKeyOf(LOST_SENDING_ANSWERS, key)) return Reflect.get(intact, key)
      return (params: never) =>
        this.#interrupt({
          method: key,
          recovery: LOST_SENDING_ANSWERS[key],
          params,
          call: (given) => (intact[key] as Call)(given),
        })
    })
  }

  async #interrupt({ method, recovery, params: given, call: make }: Interrupted): Promise<unknown> {
    this.#isDone = true
    const params = decidingOnce(given)
    const call = () => make(params)
    const { canTell = () => true, find } = recovery
    if (this.#interruption.of === 'commit-answer' && !canTell(this.#world, params)) return call()
    const takeBack = this.#world.harness.interrupt?.(this.#intact, this.#interruption)
    try {
      const answer = await call()
      takeBack?.()
      return answer
    } catch (error) {
      // A call that has a reason of its own to reject is interrupted in vain.
      if (!takeBack?.() || isBroadsideError(error, 'JOB_NOT_FOUND')) throw error
      assert.ok(
        isBroadsideError(error, 'STORAGE_FAILED'),
        `an interrupted call rejects with STORAGE_FAILED, not ${error}`,
      )
      const answer = this.#interruption.of === 'statement' ? undefined : await find(this.#world, params)
      this.#world.trace.push(
        `  interrupted in ${method}: ${answer === undefined ? 'nothing happened' : 'it has come about'}`,
      )
      this.hasFailed = answer === undefined
      if (answer === undefined) throw error
      return answer
    }
  }
}

type Call = (params: unknown) => Promise<unknown>

interface Interrupted {
  readonly method: string
  readonly recovery: {
    readonly canTell?: (world: World, params: never) => boolean
    readonly find: (world: World, params: never) => Promise<unknown>
  }
  readonly params: never
  readonly call: Call
}

function isKeyOf<T extends object>(object: T, key: PropertyKey): key is keyof T {
  return key in object
}

/** A call that is made again asks again; it is told the same. */
function decidingOnce<Params>(params: Params): Params {
  if (typeof params !== 'object' || params === null || !('decide' in params)) return params
  const { decide } = params as unknown as ReapParams
  const decided = new Map<string, Settlement>()
  const once: ReapParams['decide'] = (item, job) => {
    const key = `${job.id} ${item.seq}`
    const settlement = decided.get(key) ?? decide(item, job)
    decided.set(key, settlement)
    return settlement
  }
  return { ...params, decide: once }
}
