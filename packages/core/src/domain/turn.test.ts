import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Claimable } from '../storage/lease.js'
import { nextTurn } from './turn.js'

function claimable(jobId: string, changes: Partial<Claimable> = {}): Claimable {
  return { jobId, source: 'range', wave: 0, priority: 5, startedAt: 0, ...changes }
}

const never = (): number => 0
const jobIds = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', '__proto__', 'constructor'), { minLength: 1 })

/** What a job has to claim: retries, several waves, or a plain range. */
function workOf(jobId: string, parts: number): Claimable[] {
  return Array.from({ length: parts }, (_, wave) =>
    claimable(jobId, { wave, source: wave === 0 ? 'retries' : 'range' }),
  )
}

describe('nextTurn', () => {
  it('is nobody’s where nothing is ready', () => {
    expect(nextTurn([], never)).toBeUndefined()
  })

  it('goes by priority first, however long others have waited', () => {
    const ready = [claimable('a'), claimable('b', { priority: 10 }), claimable('c', { priority: 1 })]
    expect(nextTurn(ready, (jobId) => (jobId === 'b' ? 1_000 : 0))?.jobId).toBe('b')
  })

  it('goes to the job served longest ago among equals, and to the first of the list among those never served', () => {
    const ready = [claimable('a'), claimable('b'), claimable('c')]
    const served = new Map([
      ['a', 2],
      ['b', 1],
      ['c', 3],
    ])
    expect(nextTurn(ready, (jobId) => served.get(jobId) ?? 0)?.jobId).toBe('b')
    expect(nextTurn(ready, never)?.jobId).toBe('a')
  })

  it('takes a job’s retries before its range, as they are listed', () => {
    expect(nextTurn(workOf('a', 3), never)).toMatchObject({ source: 'retries' })
  })

  it('lets no job of equal priority wait for more turns than there are jobs, however much work the others have', () => {
    const round = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 3 })), { minLength: 7, maxLength: 7 })
    fc.assert(
      fc.property(jobIds, fc.array(round, { maxLength: 60 }), (ids, rounds) => {
        const servedAt = new Map<string, number>()
        const waited = new Map<string, number>()
        rounds.forEach((states, turn) => {
          const ready = ids.flatMap((id, i) => (states[i]?.[0] ? workOf(id, states[i]?.[1] ?? 1) : []))
          const served = nextTurn(ready, (id) => servedAt.get(id) ?? 0)
          expect(served === undefined).toBe(ready.length === 0)
          if (served === undefined) return
          expect(ready).toContain(served)
          servedAt.set(served.jobId, turn + 1)
          for (const id of ids) {
            const isWaiting = id !== served.jobId && ready.some((one) => one.jobId === id)
            waited.set(id, isWaiting ? (waited.get(id) ?? 0) + 1 : 0)
            expect(waited.get(id)).toBeLessThan(ids.length)
          }
        })
      }),
    )
  })

  it('serves jobs that are always ready in turn', () => {
    fc.assert(
      fc.property(jobIds, fc.integer({ min: 1, max: 5 }), (ids, rounds) => {
        const turns = new Map<string, number>()
        const servedAt = new Map<string, number>()
        for (let turn = 1; turn <= rounds * ids.length; turn++) {
          const served = nextTurn(
            ids.map((id) => claimable(id)),
            (id) => servedAt.get(id) ?? 0,
          )
          const id = served?.jobId ?? 'nobody'
          servedAt.set(id, turn)
          turns.set(id, (turns.get(id) ?? 0) + 1)
        }
        expect(ids.map((id) => turns.get(id))).toEqual(ids.map(() => rounds))
      }),
    )
  })

  it('never passes over a job of higher priority', () => {
    const listed = fc.array(
      fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), priority: fc.integer({ min: 1, max: 10 }) }),
      { minLength: 1 },
    )
    fc.assert(
      fc.property(listed, fc.func(fc.nat()), (list, servedAt) => {
        const ready = list.map(({ id, priority }) => claimable(id, { priority }))
        expect(nextTurn(ready, servedAt)?.priority).toBe(Math.max(...list.map(({ priority }) => priority)))
      }),
    )
  })
})
