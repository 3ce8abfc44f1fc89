import assert from 'node:assert/strict'
import { isBroadsideError, type ReapParams, type Settlement, type Storage } from '@broadside/core'
import type { Interruption } from '../interruption/interruption.js'
import { throughProxy } from '../wrap.js'
import { LOST_ANSWERS, type WritingMethod } from './lost-answers.js'
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
      if (this.#isDone || !isWriting(key)) return Reflect.get(this.#intact, key)
      return (params: never) => this.#interrupt(key, params)
    })
  }

  async #interrupt<Method extends WritingMethod>(
    method: Method,
    given: Parameters<Storage[Method]>[0],
  ): Promise<unknown> {
    this.#isDone = true
    const params = decidingOnce(given)
    const call = () => (this.#intact[method] as (params: unknown) => Promise<unknown>)(params)
    const { canTell = () => true, find } = LOST_ANSWERS[method]
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

function isWriting(key: string | symbol): key is WritingMethod {
  return key in LOST_ANSWERS
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
