import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DuePool } from './due-pool.js'

interface Entry {
  readonly dueAt: number
  readonly rank: number
  live: boolean
}

function newPool(): DuePool<Entry> {
  return new DuePool<Entry>({
    dueAt: ({ dueAt }) => dueAt,
    comesBefore: (a, b) => a.rank < b.rank,
    isLive: ({ live }) => live,
  })
}

const COMMAND = fc.oneof(
  fc.record({ type: fc.constant('add' as const), dueAt: fc.nat({ max: 20 }) }),
  fc.record({ type: fc.constant('take' as const), now: fc.nat({ max: 25 }) }),
  fc.record({ type: fc.constant('void' as const), number: fc.nat() }),
  fc.record({ type: fc.constant('next' as const), now: fc.nat({ max: 25 }) }),
)

describe('DuePool', () => {
  it('takes what is due and live, first in its order, as a plain list would', () => {
    fc.assert(
      fc.property(fc.array(COMMAND, { maxLength: 60 }), (commands) => {
        const pool = newPool()
        let entries: Entry[] = []
        for (const [step, command] of commands.entries()) {
          if (command.type === 'add') {
            const entry = { dueAt: command.dueAt, rank: (step * 7919) % 101, live: true }
            pool.add(entry)
            entries.push(entry)
          } else if (command.type === 'void') {
            const entry = entries[command.number % entries.length]
            if (entry) entry.live = false
            entries = entries.filter(({ live }) => live)
          } else if (command.type === 'take') {
            const due = entries.filter(({ dueAt }) => dueAt <= command.now).sort((a, b) => a.rank - b.rank)
            expect(pool.peek(command.now)).toBe(due[0])
            expect(pool.take(command.now)).toBe(due[0])
            entries = entries.filter((entry) => entry !== due[0])
          }
        }
      }),
    )
  })

  it('knows the next instant, as long as time goes forward', () => {
    fc.assert(
      fc.property(fc.array(COMMAND, { maxLength: 60 }), (commands) => {
        const pool = newPool()
        const entries: Entry[] = []
        let now = 0
        for (const command of commands) {
          if (command.type === 'add') {
            const entry = { dueAt: command.dueAt, rank: 0, live: true }
            pool.add(entry)
            entries.push(entry)
          } else if (command.type === 'void') {
            const entry = entries[command.number % entries.length]
            if (entry) entry.live = false
          } else {
            now = Math.max(now, command.now)
            const later = entries.filter(({ dueAt, live }) => live && dueAt > now).map(({ dueAt }) => dueAt)
            expect(pool.nextDueAt(now)).toBe(later.length === 0 ? undefined : Math.min(...later))
          }
        }
      }),
    )
  })
})
