import { BroadsideError, type SendingStorage, type Storage } from '@broadside/core'
import { memoryStorage } from '@broadside/memory'
import type { Harness } from './harness.js'
import { StatementTap } from './statement-tap.js'
import type { Work } from './work/work.js'
import { throughProxy } from './wrap.js'

/** What each call costs, as if it were one statement of a database. */
const WORK: Readonly<Record<string, (params: never, answer: never) => Partial<Work>>> = {
  createJob: () => ({ rowsWritten: 1 }),
  addItems: ({ items }: { items: unknown[] }) => ({ rowsWritten: 2 + items.length, counterUpdates: 1 }),
  transitionJob: () => ({ rowsWritten: 1 }),
  closeJob: () => ({ rowsWritten: 1, counterUpdates: 1 }),
  claim: (_, claimed?: { items: unknown[] }) => ({
    rowsRead: claimed?.items.length ?? 0,
    rowsWritten: 3,
    counterUpdates: 1,
  }),
  settle: ({ settlements }: { settlements: unknown[] }) => ({ rowsWritten: 2 + settlements.length, counterUpdates: 1 }),
  extend: () => ({ rowsWritten: 1 }),
  giveBack: () => ({ rowsWritten: 3, counterUpdates: 1 }),
  reap: (_, reaped: { started: number }[]) => ({
    rowsWritten: reaped.reduce((sum, { started }) => sum + 3 + started, 0),
  }),
  reviseItems: (_, { changed }: { changed: number }) => ({ rowsWritten: 2 + changed, counterUpdates: 1 }),
  listItems: (_, { items }: { items: unknown[] }) => ({ rowsRead: items.length }),
  sweep: (_, { removed }: { removed: number }) => ({ rowsWritten: removed }),
}

/** Memory as if there were a database behind it, to which each call is one statement. */
export function tappedMemory(): Required<Pick<Harness, 'open' | 'work' | 'interrupt'>> {
  const taps = new WeakMap<Storage, StatementTap>()
  const tapOf = (storage: Storage) => taps.get(storage) ?? new StatementTap()
  return {
    open: async () => {
      const tap = new StatementTap()
      const storage = tapped(memoryStorage(), tap)
      taps.set(storage, tap)
      return storage
    },
    work: (storage) => tapOf(storage).work,
    interrupt: (storage, interruption) => tapOf(storage).interrupt(interruption),
  }
}

function tapped<T extends Storage | SendingStorage>(storage: T, tap: StatementTap): T {
  return throughProxy(storage, (key) => {
    const member: unknown = Reflect.get(storage, key)
    if (key === 'sendings' && member) return tapped(member as SendingStorage, tap)
    if (typeof member !== 'function' || key === 'open' || key === 'close') return member
    return (params: never) =>
      tap.pass({
        run: () => Promise.resolve(member.call(storage, params)),
        fail: () => Promise.reject(new BroadsideError('STORAGE_FAILED', 'interrupted')),
        commits: true,
        workOf: (answer) => WORK[String(key)]?.(params, answer as never) ?? {},
      })
  })
}
