import assert from 'node:assert/strict'
import type { NewItem, Storage } from '@broadside/core'
import { caseGroup } from '../conformance-case.js'
import { HASH_EQUAL_TEXTS } from '../fixtures/hash-equal-texts.js'
import { createdJob, jobOf } from '../fixtures/jobs.js'
import { newItem } from '../fixtures/new-items.js'
import { once } from '../fixtures/once.js'
import { plain } from '../fixtures/plain.js'
import { needsSendings } from '../fixtures/sendings.js'
import { namesOf } from '../fixtures/waves.js'

const jobId = 'job-1'
const duplicateCode = 'DUPLICATE_USER'

/** An item that is known by further texts. */
function known(name: string, ...also: readonly string[]): NewItem {
  return { ...newItem(name), also }
}

async function add(storage: Storage, ...items: readonly NewItem[]): Promise<readonly number[]> {
  const { added, duplicates } = await storage.addItems({ jobId, items, duplicateCode })
  assert.equal(added + duplicates.length, items.length, 'what is not a duplicate is added')
  return [...duplicates]
}

export const WAVES_ALSO_CASES = caseGroup(
  'waves',
  {
    'also-within-a-call': {
      guarantee:
        'Of several items of a call that share a further text, the first is added and the rest are reported by index',
      check: async (storage) => {
        await createdJob(storage)
        const items = [
          known('a', 'address:1', 'address:2'),
          known('b', 'address:2'),
          known('c'),
          known('d', 'x', 'address:1'),
        ]
        assert.deepEqual(await add(storage, ...items), [1, 3])
        assert.deepEqual(await namesOf(storage, jobId), ['a', 'c'])
        const { counters, ingestErrors } = await jobOf(storage, jobId)
        assert.deepEqual([counters.received, ingestErrors[duplicateCode]], [2, 2])
      },
    },
    'also-across-calls': {
      guarantee: 'A further text that an earlier call has brought makes a duplicate',
      check: async (storage) => {
        await createdJob(storage)
        assert.deepEqual(await add(storage, known('a', 'address:1')), [])
        assert.deepEqual(await add(storage, known('b', 'address:2', 'address:1'), known('c', 'address:3')), [0])
        assert.deepEqual(await namesOf(storage, jobId), ['a', 'c'])
      },
    },
    'also-against-identities': {
      guarantee:
        'An identity and a further text are told from nothing but each other: they meet, within a call and across calls',
      check: async (storage) => {
        await createdJob(storage)
        assert.deepEqual(await add(storage, known('a'), known('b', 'user:a'), known('c', 'user:d'), known('d')), [1, 3])
        assert.deepEqual(
          await add(storage, known('e', 'user:c'), known('d'), known('f', 'user:a', 'x'), known('g')),
          [0, 1, 2],
        )
        assert.deepEqual(await namesOf(storage, jobId), ['a', 'c', 'g'])
      },
    },
    'also-repeated-in-an-item': {
      guarantee: 'An item whose own texts repeat each other is no duplicate of itself',
      check: async (storage) => {
        await createdJob(storage)
        assert.deepEqual(await add(storage, known('a', 'x', 'x', 'user:a'), known('b')), [])
        assert.deepEqual(await add(storage, known('c', 'x')), [0])
      },
    },
    'also-of-an-item-that-is-left-out': {
      guarantee: 'An item that is left out holds none of its texts, neither in its call nor later',
      check: async (storage) => {
        await createdJob(storage)
        const out = known('b', 'first', 'address:1', 'last')
        const items = [known('a', 'address:1'), out, known('c', 'first'), known('d', 'last')]
        assert.deepEqual(await add(storage, ...items), [1])
        assert.deepEqual(await add(storage, known('b', 'address:2')), [])
        assert.deepEqual(await namesOf(storage, jobId), ['a', 'c', 'd', 'b'])
        assert.deepEqual(await add(storage, known('e', 'between', 'address:2'), known('f', 'between')), [0])
      },
    },
    'also-of-a-call-that-is-refused': {
      guarantee: 'A call that is refused holds no text',
      check: async (storage) => {
        await createdJob(storage)
        const params = { jobId, items: [known('a', 'address:1')], duplicateCode }
        assert.equal((await storage.addItems({ ...params, into: ['paused'] })).refused, 'created')
        assert.deepEqual(await add(storage, known('b', 'address:1')), [])
        assert.deepEqual(await add(storage, known('a')), [])
      },
    },
    'also-compared-exactly': {
      guarantee: 'Further texts are any text, compared exactly',
      check: async (storage) => {
        await createdJob(storage)
        const texts = [
          'x',
          'X',
          'x ',
          ' x',
          '',
          'é',
          'e\u0301',
          `${'x'.repeat(2000)}a`,
          `${'x'.repeat(2000)}b`,
          '__proto__',
        ]
        assert.deepEqual(await add(storage, ...texts.map((text, index) => known(`i${index}`, text))), [])
        assert.deepEqual(
          await add(storage, ...texts.map((text, index) => known(`j${index}`, `other ${index}`, text))),
          texts.map((_, index) => index),
        )
      },
    },
    'also-where-hashes-meet': {
      guarantee: 'Texts whose hashes are equal are different texts: nobody is dropped, and nobody is let in twice',
      check: async (storage) => {
        await createdJob(storage)
        const items = HASH_EQUAL_TEXTS.map((text, index) => known(`i${index}`, `address:${index}`, text))
        assert.deepEqual(await add(storage, ...items), [])
        const again = HASH_EQUAL_TEXTS.map((text, index) => known(`j${index}`, text))
        assert.deepEqual(
          await add(storage, ...again),
          again.map((_, index) => index),
        )
      },
    },
    'also-of-another-job': {
      guarantee: 'Texts are held by one job: another takes the same',
      check: async (storage) => {
        await createdJob(storage)
        await createdJob(storage, { id: 'job-2' })
        await add(storage, known('a', 'address:1'))
        const params = { jobId: 'job-2', items: [known('b', 'address:1'), known('a')], duplicateCode }
        assert.deepEqual(plain(await storage.addItems(params)), { added: 2, duplicates: [] })
      },
    },
    'also-among-concurrent-calls': {
      guarantee: 'Of concurrent calls with the same further text exactly one adds its item',
      check: async (storage) => {
        await createdJob(storage)
        const calls = Array.from({ length: 6 }, (_, call) => {
          const items = Array.from({ length: 10 }, (_item, index) => known(`${call}-${index}`, `address:${index}`))
          return storage.addItems({ jobId, items, duplicateCode })
        })
        const results = await Promise.all(calls)
        assert.equal(
          results.reduce((sum, { added }) => sum + added, 0),
          10,
        )
        assert.equal((await jobOf(storage, jobId)).counters.received, 10)
      },
    },
    'also-once': {
      guarantee: 'A repeat under a stored key answers what the first call answered, duplicates and all',
      check: async (storage) => {
        await createdJob(storage)
        const items = [known('a', 'address:1'), known('b', 'address:1')]
        const params = { jobId, items, duplicateCode, once: once('k') }
        assert.deepEqual(plain(await storage.addItems(params)), { added: 1, duplicates: [1] })
        assert.deepEqual(plain(await storage.addItems(params)), { added: 1, duplicates: [1], replayed: true })
      },
    },
  },
  needsSendings,
)
