import assert from 'node:assert/strict'
import type { Storage } from '@broadside/core'
import { memoryStorage } from '@broadside/memory'
import { describe, expect, it } from 'vitest'
import { type ConformanceCase, caseGroup } from '../conformance-case.js'
import { CONFORMANCE_CASES } from '../conformance-cases.js'
import { createdJob } from '../fixtures/jobs.js'
import type { Harness } from '../harness.js'
import { MUTANTS } from '../mutants/mutants.js'
import { wrap } from '../wrap.js'
import { type CheckConformanceParams, checkConformance } from './check-conformance.js'
import type { ConformanceProgress } from './progress.js'

const harness: Harness = { open: async () => memoryStorage() }

function check(params: Partial<CheckConformanceParams>) {
  return checkConformance({ name: 'memory', harness, model: false, ...params })
}

const held: ConformanceCase = { name: 'a/held', guarantee: 'It holds', run: async () => {} }
const broken: ConformanceCase = {
  name: 'a/broken',
  guarantee: 'Three is four',
  run: async () => assert.deepEqual({ three: 3 }, { three: 4 }),
}
const skipped: ConformanceCase = { ...held, name: 'b/skipped', needs: () => 'it has no legs' }
const hanging: ConformanceCase = { ...held, name: 'b/hanging', run: () => new Promise(() => {}) }

function mutant(name: string) {
  const found = MUTANTS.filter((one) => one.name === name)
  assert.equal(found.length, 1)
  return found
}

describe('checkConformance', () => {
  it('finds nothing wrong with a storage that is right', async () => {
    const cases = CONFORMANCE_CASES.filter(({ name }) => /^(settle|durable)\//.test(name))
    const report = await check({ cases, model: { numRuns: 5, seed: 1 } })
    expect(report).toMatchObject({ name: 'memory', passed: true, interrupted: false, mutants: [] })
    expect(report.model).toMatchObject({ result: 'held', numRuns: 5, seed: 1 })
    expect(new Set(report.cases.map(({ result }) => result))).toEqual(new Set(['held', 'skipped']))
    expect(report.cases.map(({ name }) => name)).toEqual(cases.map(({ name }) => name))
  })

  it('goes on after a case that breaks, and says how it broke', async () => {
    const report = await check({ cases: [broken, held] })
    expect(report.passed).toBe(false)
    expect(report.cases.map(({ result }) => result)).toEqual(['broken', 'held'])
    expect(report.cases[0]?.failure).toMatchObject({
      kind: 'differs',
      message: '',
      expected: '{ three: 4 }',
      seen: '{ three: 3 }',
      difference: 'three: expected 4, seen 3',
    })
  })

  it('says why it skips', async () => {
    const report = await check({ cases: [skipped] })
    expect(report.cases).toMatchObject([{ result: 'skipped', reason: 'it has no legs' }])
    expect(report.passed).toBe(true)
  })

  it('is plain data', async () => {
    const report = await check({ cases: [broken, skipped], mutants: mutant('a mark never runs out') })
    expect(JSON.parse(JSON.stringify(report))).toEqual(report)
  })

  it('gives up a case that hangs, closes what it opened, and goes on', async () => {
    const closed: string[] = []
    const closing: Harness = {
      open: async () => {
        const storage = memoryStorage()
        return wrap<Storage>(storage, {
          close: async () => {
            closed.push('closed')
            await storage.close()
          },
        })
      },
    }
    const stuck = { ...hanging, run: (given: Harness) => given.open().then(() => new Promise<void>(() => {})) }
    const report = await check({ harness: closing, cases: [stuck, held], limitMs: 10 })
    expect(report.cases.map(({ result }) => result)).toEqual(['broken', 'held'])
    expect(report.cases[0]?.failure?.kind).toBe('hung')
    expect(report.cases[0]?.failure?.message).toMatch(/has not ended within 0.01 s/)
    expect(closed).toEqual(['closed', 'closed'])
  })

  it('tells a call that failed from one that answered wrongly', async () => {
    const failing = { ...held, run: () => Promise.reject(new TypeError('rows is undefined')) }
    const report = await check({ cases: [failing] })
    expect(report.cases[0]?.failure).toMatchObject({ kind: 'threw', message: 'TypeError: rows is undefined' })
  })

  it('says which calls led to it', async () => {
    const [counted] = caseGroup('a', {
      counts: {
        guarantee: 'Two are three',
        check: async (storage) => {
          const jobId = await createdJob(storage, { items: 2 })
          await storage.addItems({ jobId, items: [], duplicateCode: 'D' })
          assert.equal((await storage.getJob(jobId))?.counters.received, 3)
        },
      },
    })
    const report = await check({ cases: counted ? [counted] : [] })
    const { code, calls = [] } = report.cases[0]?.failure ?? {}
    expect(code).toBe('assert.equal((await storage.getJob(jobId))?.counters.received, 3)')
    expect(calls.slice(1, -1)).toEqual([
      "addItems({ jobId: 'job-1', items: [ 'user:0', 'user:1' ] }) → { added: 2, duplicates: [] }",
      "addItems({ jobId: 'job-1', items: [] }) → { added: 0, duplicates: [] }",
    ])
    expect(calls.at(-1)).toMatch(/^getJob\('job-1'\) → .*received: 2/)
  })

  it('rejects when no storage can be opened at all', async () => {
    const closedDoor: Harness = { open: () => Promise.reject(new Error('connection refused')) }
    await expect(check({ harness: closedDoor })).rejects.toThrow(
      'The harness of memory opens no storage: Error: connection refused',
    )
    const slowDoor: Harness = { open: () => new Promise(() => {}) }
    await expect(check({ harness: slowDoor, limitMs: 10 })).rejects.toThrow('no storage within 0.01 s')
  })
})

describe('its progress', () => {
  it('tells of each thing as it begins, and of the end of each phase', async () => {
    const told: ConformanceProgress[] = []
    await check({
      cases: [broken, held],
      model: { numRuns: 2, seed: 1 },
      mutants: mutant('a mark never runs out'),
      onProgress: (progress) => told.push(progress),
    })
    expect(told).toEqual([
      { phase: 'cases', done: 0, total: 2, current: 'a/broken', wrong: 0 },
      { phase: 'cases', done: 1, total: 2, current: 'a/held', wrong: 1 },
      { phase: 'cases', done: 2, total: 2, wrong: 1 },
      { phase: 'model', done: 0, total: 2, current: 'run 1', wrong: 0 },
      { phase: 'model', done: 1, total: 2, current: 'run 2', wrong: 0 },
      { phase: 'model', done: 2, total: 2, wrong: 0 },
      { phase: 'mutants', done: 0, total: 1, current: 'a mark never runs out', wrong: 0 },
      { phase: 'mutants', done: 1, total: 1, wrong: 1 },
    ])
  })
})

describe('its signal', () => {
  it('stops what runs and leaves the rest', async () => {
    const stop = new AbortController()
    const stopping = { ...hanging, run: () => new Promise<void>(() => stop.abort()) }
    const report = await check({
      cases: [held, stopping, held, skipped],
      mutants: mutant('a mark never runs out'),
      model: {},
      signal: stop.signal,
    })
    expect(report).toMatchObject({ passed: false, interrupted: true })
    expect(report.cases.map(({ result }) => result)).toEqual(['held', 'not run', 'not run', 'skipped'])
    expect(report.model?.result).toBe('not run')
    expect(report.mutants).toEqual([{ name: 'a mark never runs out', result: 'not run' }])
  })

  it('can have been given before', async () => {
    const report = await check({ cases: [held], signal: AbortSignal.abort() })
    expect(report.cases[0]?.result).toBe('not run')
  })
})

describe('the model', () => {
  const [late] = mutant('a late settle is refused after a reap')
  const refusing: Harness = { open: async () => late?.breaks(memoryStorage()) ?? memoryStorage() }

  it('says what happened, and how to see it again', async () => {
    const { model, passed } = await check({
      harness: refusing,
      cases: [],
      model: { numRuns: 300, seed: 3, shrink: false },
    })
    expect(passed).toBe(false)
    expect(model).toMatchObject({ result: 'broken', seed: 3 })
    expect(model?.failure?.message).toContain('stale is not among applied')
    expect(model?.happened[0]).toMatch(/^create job-1/)
    const again = await check({ harness: refusing, cases: [], model: { seed: 3, path: model?.path, shrink: false } })
    expect(again.model?.happened).toEqual(model?.happened)
  })

  it('chooses a seed that can be given again', async () => {
    const { model } = await check({ cases: [], model: { numRuns: 1 } })
    expect(Number.isInteger(model?.seed)).toBe(true)
  })

  it('is given up when a run hangs', async () => {
    const hangs: Harness = { open: async () => wrap<Storage>(memoryStorage(), { getJob: () => new Promise(() => {}) }) }
    const { model } = await check({ harness: hangs, cases: [], model: { numRuns: 3 }, limitMs: 10 })
    expect(model?.failure?.message).toMatch(/^run 1 has not ended/)
  })
})

describe('mutants', () => {
  const marks = CONFORMANCE_CASES.filter(({ name }) => name.startsWith('once/mark'))

  it('are killed by a case, the closest first', async () => {
    const report = await check({ cases: marks, mutants: mutant('a mark never runs out') })
    expect(report.mutants).toMatchObject([{ result: 'killed', killedBy: 'once/mark-runs-out' }])
    expect(report.passed).toBe(true)
  })

  it('are killed by the model where no case does it', async () => {
    const report = await check({
      cases: marks,
      mutants: mutant('an item is handed out twice'),
      model: { numRuns: 50, seed: 1 },
    })
    expect(report.mutants).toMatchObject([{ result: 'killed', killedBy: 'the model' }])
  })

  it('that survive are no success', async () => {
    const report = await check({ cases: marks, mutants: mutant('an item is handed out twice') })
    expect(report.mutants).toEqual([{ name: 'an item is handed out twice', result: 'survived' }])
    expect(report.passed).toBe(false)
  })

  it('are not killed by what breaks without them', async () => {
    const report = await check({ cases: [broken], mutants: mutant('a mark never runs out') })
    expect(report.mutants).toMatchObject([{ result: 'survived' }])
  })

  it('that the storage can’t show are skipped', async () => {
    const report = await check({ cases: [held], mutants: mutant('marks are kept in the memory of the process') })
    expect(report.mutants).toMatchObject([{ result: 'skipped', reason: 'it is not durable' }])
    expect(report.passed).toBe(true)
  })
})
