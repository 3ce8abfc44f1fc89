import { BroadsideError } from '../model/error.js'
import type { MaybePromise } from '../storage/storage.js'

/**
 * Steps that run either way: awaited on an engine's own storage, or straight through inside the host's synchronous transaction.
 * Each value that may be a promise goes through {@link wait}.
 */
export type Steps<T> = Generator<unknown, T, unknown>

/** `const job = yield* wait(storage.getJob(id))` */
export function* wait<T>(value: MaybePromise<T>): Generator<unknown, T, unknown> {
  return (yield value) as T
}

export async function runAsync<T>(steps: Steps<T>): Promise<T> {
  let step = steps.next()
  while (!step.done) {
    let value: unknown
    try {
      value = await step.value
    } catch (error) {
      step = steps.throw(error)
      continue
    }
    step = steps.next(value)
  }
  return step.value
}

/** @throws BroadsideError `NOT_SUPPORTED` when a step turns out to be asynchronous. */
export function runSync<T>(steps: Steps<T>): T {
  let step = steps.next()
  while (!step.done) {
    if (isThenable(step.value)) {
      step.value.then(undefined, () => undefined)
      throw new BroadsideError(
        'NOT_SUPPORTED',
        'A synchronous transaction cannot wait: the content source and the renderer have to answer synchronously here. Resolve the content beforehand and pass it as message.content.',
      )
    }
    step = steps.next(step.value)
  }
  return step.value
}

/** Not every promise is a `Promise`: drivers and query builders have their own. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  try {
    return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function'
  } catch {
    return false // an object of the host's that can't be looked at: whoever uses it will find out
  }
}
