import assert from 'node:assert/strict'
import type { SendingFilter, SendingRecord, SendingSortKey, SortDirection, Storage } from '@broadside/core'
import { caseGroup } from '../conformance-case.js'
import { START } from '../fixtures/instants.js'
import { createdJob } from '../fixtures/jobs.js'
import { plain } from '../fixtures/plain.js'
import { allSendings } from '../fixtures/sending-pages.js'
import { createSending, type NewSendingOptions, needsSendings, sendingsOf } from '../fixtures/sendings.js'

async function createAll(storage: Storage, sendings: readonly NewSendingOptions[]): Promise<void> {
  for (const [index, one] of sendings.entries()) await createSending(storage, { id: `s-${index}`, ...one })
}

function idsOf(sendings: readonly SendingRecord[]): string {
  return sendings.map(({ id }) => id).join(' ')
}

async function filtered(storage: Storage, filter: SendingFilter): Promise<string> {
  return idsOf(await allSendings(storage, { filter, sortBy: 'createdAt', sortDir: 'asc' }))
}

/** Checks an order, in pages of every size, and that descending is its reverse. */
async function assertOrder(storage: Storage, sortBy: SendingSortKey, expected: readonly string[]): Promise<void> {
  for (const sortDir of ['asc', 'desc'] as const) {
    const order = sortDir === 'asc' ? expected : [...expected].reverse()
    for (const limit of [1, 2, 3, 100]) {
      const listed = await allSendings(storage, { sortBy, sortDir, limit })
      assert.deepEqual(
        listed.map(({ id }) => id),
        order,
        `by ${sortBy}, ${sortDir}, in pages of ${limit}`,
      )
    }
  }
}

interface After {
  readonly sortBy: SendingSortKey
  readonly sortDir: SortDirection
  readonly value: number | string | undefined
  readonly id: string
}

async function after(storage: Storage, { sortBy, sortDir, value, id }: After): Promise<string> {
  return idsOf(await sendingsOf(storage).listSendings({ sortBy, sortDir, after: { value, id }, limit: 100 }))
}

export const SENDING_LIST_CASES = caseGroup(
  'sending',
  {
    'list-is-empty': {
      guarantee: 'Without sendings a list is empty; jobs are not among them',
      check: async (storage) => {
        await createdJob(storage)
        assert.deepEqual(await allSendings(storage, { sortBy: 'createdAt', sortDir: 'desc' }), [])
      },
    },
    'list-gives-whole-sendings': {
      guarantee: 'A list gives sendings as they are read one by one, and sendings are not among the jobs',
      check: async (storage) => {
        const whole = { status: 'scheduled', dueAt: START + 9, wakeAt: START + 9, state: '{"a":1}' } as const
        await createAll(storage, [{ ...whole, definition: { name: 'Spring', tags: ['a'] } }, {}])
        const listed = await allSendings(storage, { sortBy: 'createdAt', sortDir: 'asc' })
        const read = [await sendingsOf(storage).getSending('s-0'), await sendingsOf(storage).getSending('s-1')]
        assert.deepEqual(plain(listed), plain(read))
        assert.deepEqual(await storage.listJobs({ limit: 9 }), [])
      },
    },
    'list-by-creation': {
      guarantee: 'By createdAt, then by id, in pages of any size; descending is the reverse',
      check: async (storage) => {
        const instants = [5, 3, 3, 9, 3, 5]
        await createAll(
          storage,
          instants.map((ms) => ({ createdAt: START + ms })),
        )
        await createSending(storage, { id: 'S-0', createdAt: START + 5 })
        await assertOrder(storage, 'createdAt', ['s-1', 's-2', 's-4', 'S-0', 's-0', 's-5', 's-3'])
      },
    },
    'list-by-due-instant': {
      guarantee: 'By dueAt, then by id: ascending, those without one come first, descending last',
      check: async (storage) => {
        const instants = [START + 5, undefined, START - 3, START + 5, undefined, -7, 0]
        await createAll(
          storage,
          instants.map((dueAt) => ({ dueAt })),
        )
        await assertOrder(storage, 'dueAt', ['s-1', 's-4', 's-5', 's-6', 's-2', 's-0', 's-3'])
      },
    },
    'list-by-name': {
      guarantee:
        'By name in the order of code points, then by id: ascending, those without one come first, descending last',
      check: async (storage) => {
        const names = ['b', undefined, 'B', 'a', 'é', 'b', '\u{1f600}', '\ufffd', 'ab', undefined, '0']
        await createAll(
          storage,
          names.map((name) => ({ definition: { name } })),
        )
        const expected = ['s-1', 's-9', 's-10', 's-2', 's-3', 's-8', 's-0', 's-5', 's-4', 's-7', 's-6']
        await assertOrder(storage, 'name', expected)
      },
    },
    'list-by-odd-names': {
      guarantee: 'A name that begins with a sign, or looks like a number, has its place as any other text',
      check: async (storage) => {
        const names = ['-5', undefined, '"q"', '#1', '(d)', '!', 'Infinity', '5']
        await createAll(
          storage,
          names.map((name) => ({ definition: { name } })),
        )
        await assertOrder(storage, 'name', ['s-1', 's-5', 's-2', 's-3', 's-4', 's-0', 's-7', 's-6'])
      },
    },
    'list-after-a-place-without-a-sending': {
      guarantee: 'A page starts after the place given, whether or not there is a sending at it',
      check: async (storage) => {
        await createAll(storage, [
          { createdAt: START, dueAt: START + 10, definition: { name: 'a' } },
          { createdAt: START + 2, dueAt: START + 20, definition: { name: 'c' } },
          { createdAt: START + 4 },
        ])
        const created = { sortBy: 'createdAt', value: START + 2 } as const
        assert.equal(await after(storage, { ...created, sortDir: 'asc', id: 's-0' }), 's-1 s-2')
        assert.equal(await after(storage, { ...created, sortDir: 'asc', id: 's-2' }), 's-2')
        assert.equal(await after(storage, { ...created, sortDir: 'desc', id: 's-2' }), 's-1 s-0')
        assert.equal(await after(storage, { ...created, sortDir: 'desc', id: 's-0' }), 's-0')
        const due = { sortBy: 'dueAt', value: START + 15, id: '' } as const
        assert.equal(await after(storage, { ...due, sortDir: 'asc' }), 's-1')
        assert.equal(await after(storage, { ...due, sortDir: 'desc' }), 's-0 s-2')
        const name = { sortBy: 'name', value: 'b', id: 'x' } as const
        assert.equal(await after(storage, { ...name, sortDir: 'asc' }), 's-1')
        assert.equal(await after(storage, { ...name, sortDir: 'desc' }), 's-0 s-2')
        const nameless = { sortBy: 'name', value: undefined } as const
        assert.equal(await after(storage, { ...nameless, sortDir: 'asc', id: 's-0' }), 's-2 s-0 s-1')
        assert.equal(await after(storage, { ...nameless, sortDir: 'asc', id: 's-2' }), 's-0 s-1')
        assert.equal(await after(storage, { ...nameless, sortDir: 'desc', id: 's-3' }), 's-2')
        assert.equal(await after(storage, { ...nameless, sortDir: 'desc', id: 's-2' }), '')
      },
    },
    'list-by-status': {
      guarantee: 'Sendings in one of the statuses; an empty list lets none through',
      check: async (storage) => {
        await createAll(storage, [{ status: 'draft' }, { status: 'scheduled' }, { status: 'failed' }])
        assert.equal(await filtered(storage, { statuses: ['failed', 'draft'] }), 's-0 s-2')
        assert.equal(await filtered(storage, { statuses: ['paused'] }), '')
        assert.equal(await filtered(storage, { statuses: [] }), '')
      },
    },
    'list-by-tags': {
      guarantee: 'Sendings that carry every one of the tags; an empty list lets all through',
      check: async (storage) => {
        await createAll(storage, [
          { definition: { tags: ['a', 'b'] } },
          { definition: { tags: ['b'] } },
          { definition: { tags: ['ab', 'a"b', 'a%'] } },
        ])
        assert.equal(await filtered(storage, { tags: ['b'] }), 's-0 s-1')
        assert.equal(await filtered(storage, { tags: ['b', 'a'] }), 's-0')
        assert.equal(await filtered(storage, { tags: ['a"b'] }), 's-2')
        assert.equal(await filtered(storage, { tags: ['a_'] }), '')
        assert.equal(await filtered(storage, { tags: [] }), 's-0 s-1 s-2')
      },
    },
    'list-by-a-name': {
      guarantee: 'Sendings with exactly this name',
      check: async (storage) => {
        await createAll(
          storage,
          ['Spring', 'spring', undefined, 'Spring', 'Spring!'].map((name) => ({ definition: { name } })),
        )
        assert.equal(await filtered(storage, { name: 'Spring' }), 's-0 s-3')
        assert.equal(await filtered(storage, { name: 'S%' }), '')
      },
    },
    'list-by-trigger': {
      guarantee:
        'Sendings whose sendtrigger is one of these; an empty list lets none through, and nor does it those without',
      check: async (storage) => {
        const triggers = ['manual', 'api', undefined, 'Manual', 'manual']
        await createAll(
          storage,
          triggers.map((sendtrigger) => ({ definition: { sendtrigger } })),
        )
        assert.equal(await filtered(storage, { triggers: ['manual'] }), 's-0 s-4')
        assert.equal(await filtered(storage, { triggers: ['api', 'manual'] }), 's-0 s-1 s-4')
        assert.equal(await filtered(storage, { triggers: [] }), '')
      },
    },
    'list-by-template': {
      guarantee: 'Sendings whose message refers to this template',
      check: async (storage) => {
        await createAll(storage, [
          { definition: { message: { template: 'welcome' } } },
          { definition: { message: { template: 'Welcome' } } },
          { definition: { message: { event: 'welcome' } } },
          { definition: { message: { template: 'welcome', event: 'signup' } } },
        ])
        assert.equal(await filtered(storage, { template: 'welcome' }), 's-0 s-3')
        assert.equal(await filtered(storage, { template: 'goodbye' }), '')
      },
    },
    'list-by-range-of-creation': {
      guarantee: 'Sendings created from one instant on and before another',
      check: async (storage) => {
        await createAll(
          storage,
          [0, 1, 2, 3].map((ms) => ({ createdAt: START + ms })),
        )
        assert.equal(await filtered(storage, { createdFrom: START + 1 }), 's-1 s-2 s-3')
        assert.equal(await filtered(storage, { createdBefore: START + 1 }), 's-0')
        assert.equal(await filtered(storage, { createdFrom: START + 1, createdBefore: START + 3 }), 's-1 s-2')
      },
    },
    'list-by-range-of-due-instants': {
      guarantee:
        'Sendings that are due from one instant on and before another; without a due instant they are not among them',
      check: async (storage) => {
        await createAll(
          storage,
          [START, undefined, START + 2, START + 3].map((dueAt) => ({ dueAt })),
        )
        assert.equal(await filtered(storage, { dueFrom: START }), 's-0 s-2 s-3')
        assert.equal(await filtered(storage, { dueBefore: START + 3 }), 's-0 s-2')
        assert.equal(await filtered(storage, { dueFrom: START + 1, dueBefore: START + 3 }), 's-2')
      },
    },
    'list-by-end': {
      guarantee: 'Terminal sendings that finished before an instant',
      check: async (storage) => {
        await createAll(storage, [
          { status: 'transmitted', finishedAt: START },
          { status: 'failed', finishedAt: START + 1 },
          { status: 'skipped', finishedAt: START + 2 },
          { status: 'cancelled' },
          { status: 'transmitting', finishedAt: START },
        ])
        assert.equal(await filtered(storage, { finishedBefore: START + 2 }), 's-0 s-1')
        assert.equal(await filtered(storage, { finishedBefore: START }), '')
      },
    },
    'list-by-several': {
      guarantee: 'A sending must pass every part of the filter, in any order and page size',
      check: async (storage) => {
        const wanted = { status: 'scheduled', dueAt: START + 5 } as const
        const definition = { name: 'Spring', tags: ['a'], sendtrigger: 'api' }
        await createAll(storage, [
          { ...wanted, definition },
          { ...wanted, definition: { ...definition, tags: [] } },
          { ...wanted, definition: { ...definition, name: 'Autumn' } },
          { ...wanted, status: 'draft', definition },
          { ...wanted, dueAt: START + 6, definition },
          { ...wanted, definition: { ...definition, sendtrigger: 'manual' } },
          { ...wanted, definition },
        ])
        const filter: SendingFilter = {
          statuses: ['scheduled'],
          name: 'Spring',
          tags: ['a'],
          triggers: ['api'],
          template: 'welcome',
          createdFrom: START,
          dueBefore: START + 6,
        }
        for (const sortBy of ['createdAt', 'dueAt', 'name'] as const) {
          assert.equal(idsOf(await allSendings(storage, { filter, sortBy, sortDir: 'asc', limit: 1 })), 's-0 s-6')
          assert.equal(idsOf(await allSendings(storage, { filter, sortBy, sortDir: 'desc', limit: 1 })), 's-6 s-0')
        }
      },
    },
    'list-follows-changes': {
      guarantee: 'What a change replaced is not what a list sorts and filters by',
      check: async (storage) => {
        await createAll(storage, [
          { dueAt: START + 1, definition: { name: 'a', tags: ['old'], sendtrigger: 'api' } },
          { dueAt: START + 2, definition: { name: 'b' } },
        ])
        const sending = await sendingsOf(storage).getSending('s-0')
        assert.ok(sending)
        const message = { event: 'signup' }
        const definition = { ...sending.definition, name: 'c', tags: ['new'], sendtrigger: 'manual', message }
        const to = { ...sending, definition, status: 'scheduled', dueAt: START + 3 } as const
        await sendingsOf(storage).changeSending({ sending: to, now: START })
        await assertOrder(storage, 'dueAt', ['s-1', 's-0'])
        await assertOrder(storage, 'name', ['s-1', 's-0'])
        for (const filter of [{ tags: ['old'] }, { name: 'a' }, { triggers: ['api'] }, { dueBefore: START + 2 }]) {
          assert.equal(await filtered(storage, filter), '', `nothing has ${JSON.stringify(filter)} any more`)
        }
        assert.equal(await filtered(storage, { tags: ['new'], name: 'c', triggers: ['manual'] }), 's-0')
        assert.equal(await filtered(storage, { template: 'welcome' }), 's-1')
        assert.equal(await filtered(storage, { statuses: ['scheduled'] }), 's-0')
      },
    },
  },
  needsSendings,
)
