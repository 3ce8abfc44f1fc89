import assert from 'node:assert/strict'
import { MAX_WAVES, type Storage, seqInWave, waveOfSeq } from '@broadside/core'
import { caseGroup } from '../conformance-case.js'
import { claim, claimRetries, nothingToClaim, seqsIn } from '../fixtures/claims.js'
import { LEASE_MS, START } from '../fixtures/instants.js'
import { createdJob, jobOf, runningJob } from '../fixtures/jobs.js'
import { AFTER_LEASE, reap } from '../fixtures/leases.js'
import { newItems } from '../fixtures/new-items.js'
import { allItems } from '../fixtures/pages.js'
import { needsSendings } from '../fixtures/sendings.js'
import { rejected, retry, sent, settle } from '../fixtures/settlements.js'
import { addToWaves, nameOf, namesOf, readyAt, waveItems } from '../fixtures/waves.js'

const jobId = 'job-1'
const duplicateCode = 'DUPLICATE_USER'

/** A running job with items in waves, due as `dues` says in ms after {@link START}; waves that it does not name are due at once. */
export async function jobInWaves(
  storage: Storage,
  names: readonly string[],
  dues: Readonly<Record<number, number | undefined>> = {},
): Promise<void> {
  await createdJob(storage)
  await addToWaves(storage, { jobId, items: waveItems(...names), waves: dueIn(dues) })
  const set = { startedAt: START, channels: ['email'] }
  await storage.transitionJob({ jobId, from: 'created', to: 'processing', now: START, set })
}

/** When waves are due, from ms after {@link START}. */
export function dueIn(dues: Readonly<Record<number, number | undefined>>) {
  return Object.entries(dues).map(([wave, ms]) => {
    return { wave: Number(wave), dueAt: ms === undefined ? undefined : START + ms }
  })
}

/** Names of what a claim of a wave hands out. */
async function claimed(storage: Storage, wave: number, more: { token: string; limit?: number; now?: number }) {
  return (await claim(storage, { jobId, wave, ...more })).items.map(nameOf)
}

export const WAVES_CASES = caseGroup(
  'waves',
  {
    'seqs-carry-the-wave': {
      guarantee:
        'The seq of an item is `seqInWave` of its wave; items of a wave follow each other in their order, whatever lies between',
      check: async (storage) => {
        await createdJob(storage)
        await addToWaves(storage, { jobId, items: waveItems('2:a', '0:b', '2:c', '1:d', 'e', '2:f') })
        await addToWaves(storage, { jobId, items: waveItems('1:g', '0:h', '2:i') })
        assert.deepEqual(await namesOf(storage, jobId), ['b', 'e', 'h', 'd', 'g', 'a', 'c', 'f', 'i'])
        const items = await allItems(storage, { jobId })
        assert.deepEqual(
          items.map(({ seq }) => waveOfSeq(seq)),
          [0, 0, 0, 1, 1, 2, 2, 2, 2],
          'the waves that the seqs carry',
        )
        assert.ok(
          items.every(({ seq }) => seq % seqInWave(1, 0) < 100),
          'places are counted from 0 in each wave',
        )
      },
    },
    'many-waves': {
      guarantee: 'Waves need not follow each other: any number below MAX_WAVES is one',
      check: async (storage) => {
        const last = MAX_WAVES - 1
        await jobInWaves(storage, [`${last}:a`, '7:b', `${last}:c`, '1000:d'])
        assert.deepEqual(await namesOf(storage, jobId, 1), ['b', 'd', 'a', 'c'])
        assert.deepEqual((await readyAt(storage)).ready, ['range 7', 'range 1000', `range ${last}`])
        const all = seqsIn(await claim(storage, { jobId, wave: last, token: 'a', start: 1 }))
        const settlements = all.map((seq) => sent(seq))
        assert.deepEqual((await settle(storage, { jobId, token: 'a', settlements })).answers, ['applied', 'applied'])
        assert.equal((await jobOf(storage, jobId)).counters.enqueued, 2)
      },
    },
    'pages-across-waves': {
      guarantee: 'Pages of items run through the waves: stable, in the order of their seqs, from any place',
      check: async (storage) => {
        await jobInWaves(storage, ['3:a', '1:b', '3:c', '0:d', '1:e', '5:f'])
        const expected = ['d', 'b', 'e', 'a', 'c', 'f']
        for (const limit of [1, 2, 3, 4]) assert.deepEqual(await namesOf(storage, jobId, limit), expected)
        const from = (after: number) => storage.listItems({ jobId, after, limit: 10 })
        assert.deepEqual((await from(seqInWave(1, 1_000_000))).items.map(nameOf), ['a', 'c', 'f'])
        assert.deepEqual((await from(seqInWave(2, 0))).items.map(nameOf), ['a', 'c', 'f'])
        assert.deepEqual((await from(seqInWave(9, 0))).items, [])
      },
    },
    'due-at-their-instants': {
      guarantee:
        'A wave is claimable from its instant on, and that is the next instant until then; one without a word is due at once',
      check: async (storage) => {
        await jobInWaves(storage, ['0:a', '1:b', '2:c', '3:d'], { 1: 10, 2: 5, 3: 10 })
        assert.deepEqual(await readyAt(storage), { ready: ['range 0'], nextAt: START + 5 })
        await nothingToClaim(storage, { jobId, wave: 1, token: 'x' })
        await nothingToClaim(storage, { jobId, wave: 1, token: 'x', now: START + 9 })
        assert.deepEqual(await readyAt(storage, START + 5), { ready: ['range 0', 'range 2'], nextAt: START + 10 })
        const all = { ready: ['range 0', 'range 1', 'range 2', 'range 3'], nextAt: undefined }
        assert.deepEqual(await readyAt(storage, START + 10), all)
        assert.deepEqual(await claimed(storage, 1, { token: 'a', now: START + 10 }), ['b'])
      },
    },
    'only-where-it-was-asked': {
      guarantee: 'A claim takes of the wave it names: of another, or one that there is not, nothing',
      check: async (storage) => {
        await jobInWaves(storage, ['1:a', '1:b', '2:c'])
        await nothingToClaim(storage, { jobId, wave: 0, token: 'x' })
        await nothingToClaim(storage, { jobId, wave: 3, token: 'x' })
        assert.deepEqual(await claimed(storage, 1, { token: 'a' }), ['a', 'b'])
        await nothingToClaim(storage, { jobId, wave: 1, token: 'x' })
        assert.deepEqual(await claimed(storage, 2, { token: 'b' }), ['c'])
      },
    },
    'claims-never-mix-waves': {
      guarantee: 'A range is claimed within its wave, lowest seq first, up to `limit`, however many the next wave has',
      check: async (storage) => {
        await jobInWaves(storage, ['0:a', '1:b', '0:c', '1:d', '0:e', '1:f'])
        assert.deepEqual(await claimed(storage, 1, { token: 'a', limit: 2 }), ['b', 'd'])
        assert.deepEqual(await claimed(storage, 0, { token: 'b', limit: 100 }), ['a', 'c', 'e'])
        assert.deepEqual(await claimed(storage, 1, { token: 'c', limit: 100 }), ['f'])
        assert.equal((await jobOf(storage, jobId)).inFlight, 6)
      },
    },
    'listed-in-their-order': {
      guarantee:
        'Of one job its retries come first, then its waves, ascending; jobs keep their order, and each of them counts towards `limit`',
      check: async (storage) => {
        await jobInWaves(storage, ['0:a', '10:b', '2:c', '9:d'])
        await runningJob(storage, { id: 'another', items: 1, startedAt: START + 1 })
        const seqs = seqsIn(await claim(storage, { jobId, wave: 10, token: 'a' }))
        await settle(storage, { jobId, token: 'a', settlements: seqs.map((seq) => retry(seq, START)) })
        const { ready } = await storage.listClaimable({ now: START, channels: ['email'], limit: 100 })
        const turns = ready.map((one) => `${one.jobId} ${one.source} ${one.wave}`)
        const own = ['job-1 retries 0', 'job-1 range 0', 'job-1 range 2', 'job-1 range 9']
        assert.deepEqual(turns, [...own, 'another range 0'])
        const few = await storage.listClaimable({ now: START, channels: ['email'], limit: 3 })
        assert.deepEqual(few.ready, ready.slice(0, 3))
      },
    },
    'retries-are-of-all-waves': {
      guarantee: 'Retries of all waves are claimed together, earliest first, under one lease; they carry wave 0',
      check: async (storage) => {
        await jobInWaves(storage, ['0:a', '1:b', '2:c'])
        for (const [wave, ms] of [9, 3, 6].entries()) {
          const token = `token-${wave}`
          const seqs = seqsIn(await claim(storage, { jobId, wave, token }))
          await settle(storage, { jobId, token, settlements: seqs.map((seq) => retry(seq, START + ms)) })
        }
        assert.deepEqual(await readyAt(storage, START + 6), { ready: ['retries 0'], nextAt: START + 9 })
        const first = await claimRetries(storage, { jobId, token: 'x', limit: 2, start: 1, now: START + 20 })
        assert.deepEqual(first.items.map(nameOf), ['b', 'c'])
        assert.equal(first.startedThrough, first.items[0]?.seq)
        const { answers } = await settle(storage, {
          jobId,
          token: 'x',
          settlements: seqsIn(first).map((seq) => sent(seq)),
        })
        assert.deepEqual(answers, ['applied', 'applied'])
        const last = await claimRetries(storage, { jobId, token: 'y', now: START + 20 })
        assert.deepEqual(last.items.map(nameOf), ['a'])
        await storage.giveBack({ jobId, token: 'y', now: START + 20 })
        assert.deepEqual((await readyAt(storage, START + 20)).ready, ['retries 0'])
      },
    },
    'without-an-instant': {
      guarantee: 'A wave without an instant is not claimable, and no reason to wake, until one is given',
      check: async (storage) => {
        await jobInWaves(storage, ['0:a', '1:b'], { 1: undefined })
        assert.deepEqual(await readyAt(storage), { ready: ['range 0'], nextAt: undefined })
        await claimed(storage, 0, { token: 'a' })
        assert.deepEqual(await readyAt(storage, START + 1), { ready: [], nextAt: START + LEASE_MS })
        await nothingToClaim(storage, { jobId, wave: 1, token: 'x', now: START + 1e12 })
        assert.equal((await jobOf(storage, jobId)).counters.pending, 2, 'its items are pending')
        const given = { jobId, items: waveItems('1:c'), into: ['processing'], waves: dueIn({ 1: 4 }) } as const
        await addToWaves(storage, given)
        assert.deepEqual(await claimed(storage, 1, { token: 'b', now: START + 4 }), ['b', 'c'])
      },
    },
    'instant-of-a-wave-with-a-rest': {
      guarantee: 'Items that join a wave without a word about it are due with those that nobody has claimed yet',
      check: async (storage) => {
        await createdJob(storage)
        await addToWaves(storage, {
          jobId,
          items: waveItems('0:a', '1:b', '2:c'),
          waves: dueIn({ 0: 7, 1: undefined }),
        })
        await addToWaves(storage, { jobId, items: waveItems('0:d', '1:e', '2:f'), waves: [] })
        await storage.transitionJob({ jobId, from: 'created', to: 'processing', now: START, set: { channels: [] } })
        assert.deepEqual(await readyAt(storage), { ready: ['range 2'], nextAt: START + 7 })
        assert.deepEqual(await readyAt(storage, START + 1e12), { ready: ['range 0', 'range 2'], nextAt: undefined })
        assert.deepEqual(await claimed(storage, 0, { token: 'a', now: START + 7 }), ['a', 'd'])
      },
    },
    'instant-given-again': {
      guarantee: 'An instant given with items moves all that nobody has claimed of the wave: later, earlier, to none',
      check: async (storage) => {
        await createdJob(storage)
        const add = (name: string, ms: number | undefined) =>
          addToWaves(storage, {
            jobId,
            items: waveItems(`1:${name}`),
            into: ['created', 'processing'],
            waves: dueIn({ 1: ms }),
          })
        await add('a', 10)
        await add('b', 20)
        const set = { startedAt: START, channels: ['email'] }
        await storage.transitionJob({ jobId, from: 'created', to: 'processing', now: START, set })
        assert.deepEqual(await readyAt(storage, START + 10), { ready: [], nextAt: START + 20 })
        await add('c', undefined)
        assert.deepEqual(await readyAt(storage, START + 10), { ready: [], nextAt: undefined })
        await add('d', 5)
        assert.deepEqual(await readyAt(storage, START), { ready: [], nextAt: START + 5 })
        assert.deepEqual(await claimed(storage, 1, { token: 'a', now: START + 5 }), ['a', 'b', 'c', 'd'])
      },
    },
    'instant-of-what-was-claimed': {
      guarantee: 'An instant is not given to what was claimed before: given back, that is claimable as it was',
      check: async (storage) => {
        await jobInWaves(storage, ['1:a', '1:b', '1:c'])
        await claimed(storage, 1, { token: 'a', limit: 2 })
        await addToWaves(storage, { jobId, items: waveItems('1:d'), into: ['processing'], waves: dueIn({ 1: 50 }) })
        await storage.giveBack({ jobId, token: 'a', now: START })
        assert.deepEqual(await readyAt(storage), { ready: ['range 1'], nextAt: START + 50 })
        assert.deepEqual(await claimed(storage, 1, { token: 'b', limit: 100 }), ['a', 'b'])
        await nothingToClaim(storage, { jobId, wave: 1, token: 'x', now: START + 49 })
        assert.deepEqual(await claimed(storage, 1, { token: 'c', now: START + 50 }), ['c', 'd'])
      },
    },
    'instant-where-all-was-claimed': {
      guarantee:
        'Where everything of a wave has been claimed an instant says nothing: items that join later are due at once, unless told otherwise',
      check: async (storage) => {
        await jobInWaves(storage, ['1:a', '0:z'], { 1: 0 })
        await claimed(storage, 1, { token: 'a' })
        const into = ['processing'] as const
        await storage.addItems({ jobId, items: [], into, waves: dueIn({ 1: 99 }), duplicateCode })
        await addToWaves(storage, { jobId, items: waveItems('1:b'), into })
        assert.deepEqual(await claimed(storage, 1, { token: 'b' }), ['b'])
        await addToWaves(storage, { jobId, items: waveItems('1:c'), into, waves: dueIn({ 1: 8 }) })
        await nothingToClaim(storage, { jobId, wave: 1, token: 'x', now: START + 7 })
        assert.deepEqual(await claimed(storage, 1, { token: 'c', now: START + 8 }), ['c'])
      },
    },
    'given-back-in-its-wave': {
      guarantee: 'What is given back is claimable in its wave, from `notBefore` on, before what nobody has claimed',
      check: async (storage) => {
        await jobInWaves(storage, ['0:a', '1:b', '1:c', '1:d', '1:e'])
        await claimed(storage, 1, { token: 'a', limit: 2 })
        await storage.giveBack({ jobId, token: 'a', now: START, notBefore: START + 5 })
        assert.deepEqual(await readyAt(storage), { ready: ['range 0', 'range 1'], nextAt: START + 5 })
        assert.deepEqual(await claimed(storage, 1, { token: 'b', limit: 1 }), ['d'])
        assert.deepEqual(await claimed(storage, 1, { token: 'c', limit: 100, now: START + 5 }), ['b', 'c'])
        assert.deepEqual(await claimed(storage, 1, { token: 'd', limit: 100, now: START + 5 }), ['e'])
        assert.deepEqual(await claimed(storage, 0, { token: 'e', limit: 100 }), ['a'])
      },
    },
    'reaped-in-its-wave': {
      guarantee: 'What is reaped is claimable in its wave, in halving pieces; what had started is decided about',
      check: async (storage) => {
        await jobInWaves(storage, ['0:a', '1:b', '1:c', '1:d', '1:e', '1:f', '2:g'])
        await claim(storage, { jobId, wave: 1, token: 'a', start: 1 })
        const reaped = await reap(storage)
        assert.deepEqual(
          reaped.map(({ started, unstarted }) => ({ started, unstarted })),
          [{ started: 1, unstarted: 4 }],
        )
        const { ready } = await readyAt(storage, AFTER_LEASE)
        assert.deepEqual(ready, ['retries 0', 'range 0', 'range 1', 'range 2'])
        const now = AFTER_LEASE
        assert.deepEqual(await claimed(storage, 1, { token: 'b', now, limit: 100 }), ['c', 'd'])
        assert.deepEqual(await claimed(storage, 1, { token: 'c', now, limit: 100 }), ['e', 'f'])
        await nothingToClaim(storage, { jobId, wave: 1, token: 'x', now })
        assert.deepEqual(await claimed(storage, 2, { token: 'd', now, limit: 100 }), ['g'])
      },
    },
    'started-through-of-its-wave': {
      guarantee: 'How far a lease has started is told by seqs of its own wave: those of other waves have not started',
      check: async (storage) => {
        await jobInWaves(storage, ['0:a', '0:b', '1:c', '1:d'])
        await claim(storage, { jobId, wave: 0, token: 'zero' })
        const seqs = seqsIn(await claim(storage, { jobId, wave: 1, token: 'one' }))
        const now = START + 1
        await storage.extend({ jobId, token: 'one', now, leaseUntil: now, startedThrough: seqs[0] })
        const asked: string[] = []
        await reap(storage, {
          expiredAt: Number.POSITIVE_INFINITY,
          decide: (item) => {
            asked.push(nameOf(item))
            return rejected(item.seq)
          },
        })
        assert.deepEqual(asked, ['c'])
      },
    },
    'late-settles-in-a-wave': {
      guarantee:
        'A late settle is accepted as long as nobody has claimed the item since, in any wave; the rest of its range stays claimable',
      check: async (storage) => {
        await jobInWaves(storage, ['1:a', '1:b', '1:c', '2:d'])
        const [, b = -1] = seqsIn(await claim(storage, { jobId, wave: 1, token: 'a' }))
        await storage.giveBack({ jobId, token: 'a', now: START })
        const late = await settle(storage, { jobId, token: 'a', settlements: [sent(b)] })
        assert.deepEqual(late.answers, ['applied'])
        const again = await claim(storage, { jobId, wave: 1, token: 'b' })
        assert.deepEqual(again.items.map(nameOf), ['a', 'c'])
        const stale = await settle(storage, { jobId, token: 'a', settlements: seqsIn(again).map((seq) => sent(seq)) })
        assert.deepEqual(stale.answers, ['stale', 'stale'])
      },
    },
    'settled-by-the-seq-alone': {
      guarantee: 'Items at the same place of different waves are different items',
      check: async (storage) => {
        await jobInWaves(storage, ['0:a', '1:b', '2:c'])
        const [seq = -1] = seqsIn(await claim(storage, { jobId, wave: 1, token: 'a' }))
        await claim(storage, { jobId, wave: 2, token: 'b' })
        const { answers } = await settle(storage, { jobId, token: 'b', settlements: [sent(seq)] })
        assert.deepEqual(answers, ['stale'])
        await settle(storage, { jobId, token: 'a', settlements: [rejected(seq)] })
        const errors = await allItems(storage, { jobId, statuses: ['error'] })
        assert.deepEqual(errors.map(nameOf), ['b'])
        const revise = { jobId, from: 'processing', statuses: ['error'], to: 'pending', now: START } as const
        assert.equal((await storage.reviseItems({ ...revise, seqs: [seq, seqInWave(3, 0)] })).changed, 1)
        assert.deepEqual((await claimRetries(storage, { jobId, token: 'c' })).items.map(nameOf), ['b'])
      },
    },
    'closed-in-all-waves': {
      guarantee: 'Closing closes what is open in every wave, due or not',
      check: async (storage) => {
        await jobInWaves(storage, ['0:a', '1:b', '2:c', '3:d'], { 1: 10, 2: undefined })
        await claim(storage, { jobId, wave: 3, token: 'a' })
        const close = { from: 'processing', to: 'cancelled', closedAs: 'cancelled', now: START } as const
        await storage.closeJob({ jobId, ...close })
        const statuses = (await allItems(storage, { jobId })).map(({ status }) => status)
        assert.deepEqual(statuses, ['cancelled', 'cancelled', 'cancelled', 'pending'])
        assert.deepEqual(await readyAt(storage, START), { ready: [], nextAt: START + LEASE_MS })
        await storage.giveBack({ jobId, token: 'a', now: START })
        assert.equal((await jobOf(storage, jobId)).counters.cancelled, 4)
      },
    },
    'completed-with-the-last-wave': {
      guarantee: 'A job with items in a wave that is not due is not completed by the settle of all the others',
      check: async (storage) => {
        await jobInWaves(storage, ['0:a', '1:b'], { 1: undefined })
        const first = seqsIn(await claim(storage, { jobId, token: 'a' }))
        const settled = await settle(storage, { jobId, token: 'a', settlements: first.map((seq) => sent(seq)) })
        assert.deepEqual([settled.completed, settled.control.pending], [false, 1])
        await storage.addItems({ jobId, items: [], into: ['processing'], waves: dueIn({ 1: 0 }), duplicateCode })
        const last = seqsIn(await claim(storage, { jobId, wave: 1, token: 'b' }))
        const { completed } = await settle(storage, { jobId, token: 'b', settlements: last.map((seq) => sent(seq)) })
        assert.equal(completed, true)
      },
    },
    'into-other-statuses': {
      guarantee: 'A job takes items in the statuses named, and in no other; `created` is named by default alone',
      check: async (storage) => {
        await createdJob(storage, { items: 1 })
        const add = (into: readonly ('created' | 'processing' | 'paused')[] | undefined, name: string) =>
          storage.addItems({ jobId, items: waveItems(name), into, waves: dueIn({ 0: 5 }), duplicateCode })
        assert.equal((await add(['paused', 'processing'], 'a')).refused, 'created')
        await storage.transitionJob({ jobId, from: 'created', to: 'processing', now: START, set: { channels: [] } })
        assert.equal((await add(undefined, 'a')).refused, 'processing')
        assert.equal((await add(['paused', 'created'], 'a')).refused, 'processing')
        assert.equal((await add([], 'a')).refused, 'processing')
        assert.deepEqual((await readyAt(storage)).ready, ['range 0'], 'a call that is refused moves no wave')
        assert.equal((await add(['paused', 'processing'], 'a')).added, 1)
        const close = { from: 'processing', to: 'cancelled', closedAs: 'cancelled', now: START } as const
        await storage.closeJob({ jobId, ...close })
        assert.equal((await add(['created', 'paused', 'processing'], 'b')).refused, 'cancelled')
        assert.equal((await jobOf(storage, jobId)).counters.received, 2)
      },
    },
    'behind-what-was-claimed': {
      guarantee:
        'Items that join a job that is going out follow what was claimed of their wave, and are claimed after it',
      check: async (storage) => {
        await jobInWaves(storage, ['0:a', '0:b', '1:c'])
        await claimed(storage, 0, { token: 'a', limit: 1 })
        const into = ['processing', 'paused'] as const
        await addToWaves(storage, { jobId, items: waveItems('0:d', '1:e', '0:f'), into })
        assert.deepEqual(await namesOf(storage, jobId), ['a', 'b', 'd', 'f', 'c', 'e'])
        assert.deepEqual(await claimed(storage, 0, { token: 'b', limit: 100 }), ['b', 'd', 'f'])
        await storage.transitionJob({ jobId, from: 'processing', to: 'paused', now: START })
        await addToWaves(storage, { jobId, items: waveItems('0:g', '2:h'), into })
        await nothingToClaim(storage, { jobId, token: 'x' })
        await storage.transitionJob({ jobId, from: 'paused', to: 'processing', now: START })
        await storage.giveBack({ jobId, token: 'a', now: START })
        const ready = await readyAt(storage)
        assert.deepEqual(ready.ready, ['range 0', 'range 1', 'range 2'])
        assert.deepEqual(await claimed(storage, 0, { token: 'c', limit: 100 }), ['a'], 'a lower seq comes first')
        assert.deepEqual(
          await claimed(storage, 0, { token: 'd', limit: 100 }),
          ['g'],
          'what joined is a range of its own',
        )
        const { counters, inFlight } = await jobOf(storage, jobId)
        assert.deepEqual([counters.received, counters.pending, inFlight], [8, 8, 5])
      },
    },
    'reaped-behind-what-joined': {
      guarantee: 'A reap does not mistake items that joined since for items of its lease',
      check: async (storage) => {
        await jobInWaves(storage, ['1:a', '1:b'])
        await claim(storage, { jobId, wave: 1, token: 'a', start: 1 })
        await addToWaves(storage, { jobId, items: waveItems('1:c', '1:d'), into: ['processing'] })
        const [reaped] = await reap(storage, { decide: ({ seq }) => rejected(seq) })
        assert.deepEqual([reaped?.started, reaped?.unstarted], [1, 1])
        assert.deepEqual(await claimed(storage, 1, { token: 'b', limit: 100, now: AFTER_LEASE }), ['b'])
        assert.deepEqual(await claimed(storage, 1, { token: 'c', limit: 100, now: AFTER_LEASE }), ['c', 'd'])
      },
    },
    'wave-zero-alone': {
      guarantee: 'Items without a wave go out with wave 0, as do those that name it',
      check: async (storage) => {
        await createdJob(storage)
        await storage.addItems({ jobId, items: newItems(2), duplicateCode })
        await addToWaves(storage, { jobId, items: waveItems('0:2') })
        assert.deepEqual(await namesOf(storage, jobId), ['0', '1', '2'])
        const items = await allItems(storage, { jobId })
        assert.ok(
          items.every(({ seq }) => waveOfSeq(seq) === 0),
          `seqs ${items.map(({ seq }) => seq)} are of wave 0`,
        )
      },
    },
  },
  needsSendings,
)
