import assert from 'node:assert/strict'
import type { Storage } from '@broadside/core'
import { caseGroup } from '../conformance-case.js'
import { START } from '../fixtures/instants.js'
import { plain } from '../fixtures/plain.js'
import { change, createSending, needsSendings, sendingOf, sendingsOf } from '../fixtures/sendings.js'

/** What is due, by id, and the next instant, in ms after {@link START}. */
async function dueAt(storage: Storage, ms: number, limit = 100) {
  const { due, nextAt } = await sendingsOf(storage).listDueSendings({ now: START + ms, limit })
  return { due: due.map(({ id }) => id), nextAt: nextAt === undefined ? undefined : nextAt - START }
}

async function createWaking(storage: Storage, instants: Readonly<Record<string, number | undefined>>) {
  for (const [id, ms] of Object.entries(instants)) {
    await createSending(storage, { id, wakeAt: ms === undefined ? undefined : START + ms })
  }
}

export const SENDING_DUE_CASES = caseGroup(
  'sending',
  {
    'due-nothing': {
      guarantee: 'Without a sending that has an alarm nothing is due, and there is no next instant',
      check: async (storage) => {
        assert.deepEqual(await dueAt(storage, 0), { due: [], nextAt: undefined })
        await createWaking(storage, { a: undefined })
        assert.deepEqual(await dueAt(storage, 1e9), { due: [], nextAt: undefined })
      },
    },
    'due-from-its-instant-on': {
      guarantee: 'A sending is due from its wakeAt on, in any status; before that, its wakeAt is the next instant',
      check: async (storage) => {
        await createSending(storage, { id: 'a', status: 'paused', pausedFrom: 'pending', wakeAt: START + 10 })
        assert.deepEqual(await dueAt(storage, 9), { due: [], nextAt: 10 })
        assert.deepEqual(await dueAt(storage, 10), { due: ['a'], nextAt: undefined })
        assert.deepEqual(await dueAt(storage, 1e9), { due: ['a'], nextAt: undefined })
      },
    },
    'due-earliest-first': {
      guarantee: 'Those that are due come earliest first, then by id, and whole',
      check: async (storage) => {
        await createWaking(storage, { c: 5, b: 5, z: 1, B: 5, later: 6 })
        assert.deepEqual(await dueAt(storage, 5), { due: ['z', 'B', 'b', 'c'], nextAt: 6 })
        const { due } = await sendingsOf(storage).listDueSendings({ now: START + 1, limit: 1 })
        assert.deepEqual(plain(due), [plain(await sendingOf(storage, 'z'))])
      },
    },
    'due-up-to-limit': {
      guarantee: 'At most `limit` are listed; the next instant is after `now` all the same',
      check: async (storage) => {
        await createWaking(storage, { a: 1, b: 2, c: 3, d: 9 })
        assert.deepEqual(await dueAt(storage, 5, 2), { due: ['a', 'b'], nextAt: 9 })
      },
    },
    'due-next-is-the-earliest': {
      guarantee: 'The next instant is the earliest of those to come',
      check: async (storage) => {
        await createWaking(storage, { a: 9, b: 7, c: 8, d: 1 })
        assert.deepEqual(await dueAt(storage, 1), { due: ['d'], nextAt: 7 })
        assert.deepEqual(await dueAt(storage, 7), { due: ['d', 'b'], nextAt: 8 })
      },
    },
    'due-follows-changes': {
      guarantee: 'A sending that was put off is due later, one whose alarm was taken away not at all',
      check: async (storage) => {
        await createWaking(storage, { a: 1, b: 2 })
        const taken = await change(storage, { sending: await sendingOf(storage, 'a'), to: { wakeAt: START + 30 } })
        assert.deepEqual(await dueAt(storage, 5), { due: ['b'], nextAt: 30 })
        assert.deepEqual(await dueAt(storage, 30), { due: ['b', 'a'], nextAt: undefined })
        await change(storage, { sending: taken, to: { wakeAt: undefined } })
        assert.deepEqual(await dueAt(storage, 30), { due: ['b'], nextAt: undefined })
        await sendingsOf(storage).deleteSending({ sendingId: 'b', version: 1, now: START })
        assert.deepEqual(await dueAt(storage, 30), { due: [], nextAt: undefined })
      },
    },
    'due-is-taken-up-by-one': {
      guarantee:
        'Of concurrent callers that put off what is due, one succeeds; when it dies, the sending is due again by itself',
      check: async (storage) => {
        await createWaking(storage, { a: 1 })
        const takeUp = async () => {
          const { due } = await sendingsOf(storage).listDueSendings({ now: START + 1, limit: 1 })
          const [sending] = due
          if (!sending) return false
          const params = { sending: { ...sending, wakeAt: START + 50 }, now: START + 1 }
          return (await sendingsOf(storage).changeSending(params)).applied
        }
        const taken = await Promise.all([takeUp(), takeUp(), takeUp(), takeUp()])
        assert.equal(taken.filter(Boolean).length, 1)
        assert.deepEqual(await dueAt(storage, 1), { due: [], nextAt: 50 })
        assert.deepEqual(await dueAt(storage, 50), { due: ['a'], nextAt: undefined })
      },
    },
  },
  needsSendings,
)
