import type { Storage } from '../storage/storage.js'
import { storageError } from './storage-health.js'

/** Members that are no calls to the database. */
const PASSED_ON = new Set<PropertyKey>(['capabilities', 'onWake', 'within'])

/** The storage with every fault it throws turned into the one error class, whatever driver it came from. */
export function guardedStorage(storage: Storage): Storage {
  const sendings = storage.sendings && guardedCalls(storage.sendings, {})
  return guardedCalls(storage, sendings === undefined ? {} : { sendings })
}

function guardedCalls<Calls extends object>(calls: Calls, instead: Readonly<Record<string, unknown>>): Calls {
  const guarded = new Map<PropertyKey, unknown>()
  return new Proxy(calls, {
    get(target, name) {
      if (typeof name === 'string' && Object.hasOwn(instead, name)) return instead[name]
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      const known = guarded.get(name)
      if (known !== undefined) return known
      const call = PASSED_ON.has(name) ? member.bind(target) : guard(member.bind(target))
      guarded.set(name, call)
      return call
    },
  })
}

function guard(call: (...args: unknown[]) => Promise<unknown>): (...args: unknown[]) => Promise<unknown> {
  return async (...args) => {
    try {
      return await call(...args)
    } catch (cause) {
      throw storageError(cause)
    }
  }
}
