import type { Storage } from '@broadside/core'
import type { Harness } from './harness.js'
import { wrap } from './wrap.js'

/** `harness` with `change` in front of each storage. What the harness is asked of one, it is asked of the storage behind. */
export function mapHarness(harness: Harness, change: (storage: Storage) => Storage): Harness {
  const behind = new WeakMap<Storage, Storage>()
  const inFront = new WeakMap<Storage, Storage>()
  const put = (storage: Storage) => {
    const changed = change(storage)
    behind.set(changed, storage)
    inFront.set(storage, changed)
    return changed
  }
  const asked = (storage: Storage) => behind.get(storage) ?? storage
  const { open, reopen, join, work, interrupt, fork } = bound(harness)
  return wrap(harness, {
    open: async () => put(await open()),
    reopen: reopen && (async (storage) => put(await reopen(asked(storage)))),
    // Engines of one process may share the object itself: then it stays the same object.
    join: join && (async (storage) => join(asked(storage)).then((other) => inFront.get(other) ?? put(other))),
    work: work && ((storage) => work(asked(storage))),
    interrupt: interrupt && ((storage, interruption) => interrupt(asked(storage), interruption)),
    fork: fork && ((storage) => fork(asked(storage))),
  })
}

/** Its functions, which may need it as their `this`. */
function bound(harness: Harness): Harness {
  return wrap(harness, {})
}
