import type { ItemRecord, Storage } from '@broadside/core'
import { describe, expect, it } from 'vitest'
import { mapHarness } from '../map-harness.js'
import { tappedMemory } from '../tapped-memory.fixture.js'
import { wrap } from '../wrap.js'
import { WORK_CASES } from './work.js'

async function readAll(storage: Storage, jobId: string): Promise<readonly ItemRecord[]> {
  return (await storage.listItems({ jobId, limit: 1_000_000 })).items
}

type Params = { readonly jobId: string; readonly token?: string; readonly items?: readonly unknown[] }

/** Does the call after all items of the job have been read; spares those that build the job. */
function reading<Method extends 'addItems' | 'claim' | 'settle' | 'giveBack' | 'reviseItems' | 'closeJob'>(
  method: Method,
) {
  return (storage: Storage) => {
    const call = storage[method].bind(storage) as (params: Params) => Promise<unknown>
    const after = async (params: Params) => {
      const isBuilding = params.token?.startsWith('worn') || params.items?.length === 100
      if (!isBuilding) await readAll(storage, params.jobId)
      return call(params)
    }
    return wrap(storage, { [method]: after })
  }
}

/** Writes a row for each item that is claimed. */
function markingEach(storage: Storage): Storage {
  return wrap(storage, {
    claim: async (params) => {
      const claimed = await storage.claim(params)
      for (const _ of claimed?.items ?? []) await storage.extend(params)
      return claimed
    },
  })
}

function settlingOneByOne(storage: Storage): Storage {
  return wrap(storage, {
    settle: async (params) => {
      const results = []
      for (const settlement of params.settlements) {
        results.push(await storage.settle({ ...params, settlements: [settlement] }))
      }
      const last = results.at(-1) ?? (await storage.settle(params))
      return { ...last, answers: results.flatMap(({ answers }) => answers) }
    },
  })
}

function pagingByOffset(storage: Storage): Storage {
  return wrap(storage, {
    listItems: async ({ jobId, after = -1, limit }) => {
      const passed = (await readAll(storage, jobId)).filter(({ seq }) => seq > after)
      return { items: passed.slice(0, limit), next: passed[limit]?.seq }
    },
  })
}

function countingCodes(storage: Storage): Storage {
  return wrap(storage, {
    countCodes: async (jobId) => {
      await readAll(storage, jobId)
      return storage.countCodes(jobId)
    },
  })
}

const COSTLY: readonly (readonly [caseName: string, words: string, (storage: Storage) => Storage])[] = [
  ['work/add-items', 'an ingest of one takes 1000 rows read where 1000 items', reading('addItems')],
  ['work/claim', 'a claim of a thousand takes 1001 statements and 1003 rows written', markingEach],
  ['work/claim', 'a claim of one takes 2101 rows read', reading('claim')],
  ['work/settle', 'a settle of one takes 1600 rows read', reading('settle')],
  ['work/settle', 'a settle of five hundred writes the counters of its job once', settlingOneByOne],
  ['work/leases', 'giving back five hundred takes 1700 rows read', reading('giveBack')],
  ['work/retries', 'a revision of five takes 1010 rows read', reading('reviseItems')],
  ['work/reads', 'a first page takes 1200 rows read', pagingByOffset],
  ['work/reads', 'countCodes takes 1200 rows read', countingCodes],
  ['work/ends', 'a close takes 1100 rows read', reading('closeJob')],
]

describe('the cases of work', () => {
  it.each(WORK_CASES)('$name holds where calls cost what they should', async (one) => {
    await one.run(tappedMemory())
  })

  it.each(COSTLY)('%s fails, and says: %s', async (name, words, breaks) => {
    const one = WORK_CASES.find((each) => each.name === name)
    await expect(one?.run(mapHarness(tappedMemory(), breaks))).rejects.toThrow(words)
  })

  it('are skipped where the harness counts no work, and say so', () => {
    const capabilities = {
      durable: true,
      shared: true,
      callerTransaction: 'none',
      wake: false,
      sendings: false,
    } as const
    const reasons = WORK_CASES.map(({ needs }) => needs?.(capabilities, { open: tappedMemory().open }))
    expect(new Set(reasons)).toEqual(new Set(['the harness counts no work']))
  })
})
