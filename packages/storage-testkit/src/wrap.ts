/** `target` with some of its members replaced; the rest goes through as it is. */
export function wrap<T extends object>(target: T, replaced: Partial<T>): T {
  return throughProxy(target, (key) => Reflect.get(Object.hasOwn(replaced, key) ? replaced : target, key))
}

/** `target`, read through `read`. Functions are bound to it: it may have private state. */
export function throughProxy<T extends object>(target: T, read: (key: string | symbol) => unknown): T {
  // Not a proxy of the target itself: that would have to show the members of a frozen one as they are.
  return new Proxy({} as T, {
    get: (_, key) => {
      const value = read(key)
      return typeof value === 'function' ? value.bind(target) : value
    },
    has: (_, key) => key in target,
  })
}
