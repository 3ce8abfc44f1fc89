import type { Storage } from '@broadside/core'

/** `storage` with some of its methods replaced; the rest goes through as it is. */
export function wrap(storage: Storage, replaced: Partial<Storage>): Storage {
  return new Proxy(storage, {
    get: (target, key) => {
      const value: unknown = Reflect.get(Object.hasOwn(replaced, key) ? replaced : target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
