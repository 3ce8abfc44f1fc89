import type { SettleAnswer, Storage } from '@broadside/core'
import { describe, expect, it } from 'vitest'
import { mapHarness } from '../map-harness.js'
import { modelCheck } from '../model/model-check.js'
import { tappedMemory } from '../tapped-memory.fixture.js'
import { wrap } from '../wrap.js'
import { INTERRUPTED_CASES } from './interrupted.js'

/** A call of several transactions. */
function settlingOneByOne(storage: Storage): Storage {
  return wrap(storage, {
    settle: async (params) => {
      const answers: SettleAnswer[] = []
      let last = await storage.settle({ ...params, settlements: [] })
      let completed = false
      for (const settlement of params.settlements) {
        last = await storage.settle({ ...params, settlements: [settlement] })
        answers.push(...last.answers)
        completed ||= last.completed
      }
      return { ...last, answers, completed }
    },
  })
}

/** Makes a call again that has failed, whether or not it has come about. */
function repeating(method: 'claim' | 'settle' | 'giveBack') {
  return (storage: Storage) => {
    const call = storage[method].bind(storage) as (params: unknown) => Promise<unknown>
    return wrap(storage, { [method]: (params: unknown) => call(params).catch(() => call(params)) })
  }
}

/** Says that a call has come about that has failed. */
function swallowing(storage: Storage): Storage {
  return wrap(storage, {
    extend: (params) =>
      storage.extend(params).catch(() => ({ held: true, control: { status: 'processing', pending: 6 } })),
  })
}

/** Lets errors of the driver through as they are. */
function bare(storage: Storage): Storage {
  return wrap(storage, {
    reap: (params) =>
      storage.reap(params).catch((error: Error) => {
        throw new Error(error.message)
      }),
  })
}

const BROKEN: readonly (readonly [caseName: string, words: string, (storage: Storage) => Storage])[] = [
  ['interrupted/settle', 'failing at statement 3, the call has changed nothing', settlingOneByOne],
  ['interrupted/settle', 'a call that resolves has done all, and once', repeating('settle')],
  ['interrupted/give-back', 'a call that resolves has done all, and once', repeating('giveBack')],
  ['interrupted/a-claim-without-answer', '6 items are in flight', repeating('claim')],
  ['interrupted/extend', 'the call has done all, and once', swallowing],
  ['interrupted/reap', 'rejects with STORAGE_FAILED', bare],
]

const named = (name: string) => INTERRUPTED_CASES.find((each) => each.name === name)

describe('the cases of interrupted calls', () => {
  it.each(INTERRUPTED_CASES)('$name holds where a call is one transaction', async (one) => {
    await one.run(tappedMemory())
  })

  it.each(BROKEN)('%s fails, and says: %s', async (name, words, breaks) => {
    await expect(named(name)?.run(mapHarness(tappedMemory(), breaks))).rejects.toThrow(words)
  })

  it('are skipped where the harness interrupts nothing, and say so', () => {
    const capabilities = {
      durable: true,
      shared: true,
      callerTransaction: 'none',
      wake: false,
      sendings: false,
    } as const
    const reasons = INTERRUPTED_CASES.map(({ needs }) => needs?.(capabilities, { open: tappedMemory().open }))
    expect(new Set(reasons)).toEqual(new Set(['the harness interrupts no calls']))
  })
})

describe('interrupted calls in the model', () => {
  it('are followed, whatever has become of them', async () => {
    await modelCheck({ harness: tappedMemory(), numRuns: 60 })
  })

  it.each([
    ['a settle of several transactions', settlingOneByOne],
    ['a settle that is made again', repeating('settle')],
    ['a give-back that is made again', repeating('giveBack')],
    ['a claim that is made again', repeating('claim')],
    ['an extension that has not come about', swallowing],
  ])('find out %s', async (_, breaks) => {
    const harness = mapHarness(tappedMemory(), breaks)
    await expect(modelCheck({ harness, numRuns: 300, seed: 1, shrink: false })).rejects.toThrow('Property failed')
  })
})
