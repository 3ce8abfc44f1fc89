import assert from 'node:assert/strict'
import type { ClaimedItem } from '@broadside/core'
import { caseGroup } from '../conformance-case.js'
import { claimedJob } from '../fixtures/claimed-job.js'
import { claim, claimRetries, seqsIn, tryClaim } from '../fixtures/claims.js'
import { LEASE_MS, START } from '../fixtures/instants.js'
import { jobOf } from '../fixtures/jobs.js'
import { AFTER_LEASE, reap } from '../fixtures/leases.js'
import { allItems } from '../fixtures/pages.js'
import { plain } from '../fixtures/plain.js'
import { retryingJob } from '../fixtures/retrying-job.js'
import { rejected, retry, sent, settle } from '../fixtures/settlements.js'

const now = AFTER_LEASE

export const REAP_PIECES_CASES = caseGroup('reap', {
  'what-had-not-started-is-claimable-at-once': {
    guarantee:
      'Open items that had not started are claimable again at once, with no attempt counted; `decide` is not asked',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 4)
      await reap(storage, {
        decide: () => {
          throw new Error('nothing had started')
        },
      })
      const again: ClaimedItem[] = []
      for (const token of ['b', 'c', 'd', 'e'])
        again.push(...((await tryClaim(storage, { jobId, token, now }))?.items ?? []))
      assert.deepEqual(
        again.map((item) => item.seq),
        seqs,
      )
      assert.ok(
        again.every((item) => item.attempts === 0),
        'no attempt was counted',
      )
    },
  },
  'nothing-is-lost-with-its-worker': {
    guarantee: 'What was fetched but not sent is sent by the next: the cursor of a dead worker loses nothing',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 5, { limit: 3, start: 1 })
      const [first = -1, second = -1] = seqs
      await settle(storage, { jobId, token: 'a', settlements: [sent(first)], startedThrough: second })
      await reap(storage, { decide: (item) => retry(item.seq, now, { attempts: 1 }) })
      const rest = new Set<number>()
      for (let round = 0; round < 9; round += 1) {
        for (const source of ['range', 'retries'] as const) {
          const claimed = await tryClaim(storage, { jobId, token: `${source}-${round}`, source, now })
          for (const seq of seqsIn(claimed)) rest.add(seq)
        }
      }
      const expected = (await allItems(storage, { jobId })).map((item) => item.seq).filter((seq) => seq !== first)
      assert.deepEqual(
        [...rest].sort((a, b) => a - b),
        expected,
      )
    },
  },
  'halving-pieces': {
    guarantee: 'A reaped range is handed out in pieces of at most half the reaped lease’s items',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 9)
      await reap(storage)
      const pieces: (readonly number[])[] = []
      for (let round = 0; round < 9; round += 1) {
        const piece = seqsIn(await tryClaim(storage, { jobId, token: `piece-${round}`, now }))
        assert.ok(piece.length <= 4, `of nine items, a piece has at most four, not ${piece.length}`)
        pieces.push(piece)
      }
      assert.deepEqual(pieces.flat(), seqs)
    },
  },
  'halving-goes-on': {
    guarantee: 'Each reap halves again, until a single item is left, which counts as started: a killer is found out',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 16)
      const [killer = -1] = seqs
      const suspects: number[] = []
      let at = START
      for (let round = 0; round < 8 && suspects.length === 0; round += 1) {
        at += LEASE_MS + 1
        await reap(storage, {
          now: at,
          decide: (item) => {
            suspects.push(item.seq)
            return rejected(item.seq, { code: 'CRASHED' })
          },
        })
        if (suspects.length > 0) break
        const piece = await claim(storage, { jobId, token: `piece-${round}`, now: at })
        assert.equal(seqsIn(piece)[0], killer)
        assert.ok(piece.items.length <= Math.max(1, 8 >> round), `round ${round}: a piece of ${piece.items.length}`)
        if (piece.items.length === 1 && round > 3) assert.equal(piece.startedThrough, killer)
      }
      assert.deepEqual(suspects, [killer])
      const [item] = await allItems(storage, { jobId, statuses: ['error'] })
      assert.deepEqual({ seq: item?.seq, code: item?.code }, { seq: killer, code: 'CRASHED' })
    },
  },
  'neighbours-of-a-killer-go-out': {
    guarantee: 'One item that kills its process does not take its neighbours with it',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 10)
      const killer = seqs[4]
      let at = START
      for (let round = 0; round < 40; round += 1) {
        const claimed = await tryClaim(storage, { jobId, token: `worker-${round}`, now: at })
        const done = seqsIn(claimed)
        if (!done.includes(killer ?? -1)) {
          const settlements = done.map((seq) => sent(seq))
          if (done.length > 0) await settle(storage, { jobId, token: `worker-${round}`, now: at, settlements })
        }
        at += LEASE_MS + 1
        await reap(storage, { now: at, decide: (item) => rejected(item.seq) })
      }
      const failed = await allItems(storage, { jobId, statuses: ['error'] })
      assert.deepEqual(
        failed.map((item) => item.seq),
        [killer],
      )
      assert.equal((await jobOf(storage, jobId)).counters.enqueued, 9)
    },
  },
  'a-lease-of-retries': {
    guarantee: 'A reaped lease of retries: unstarted ones are retries again at once, started ones are decided',
    check: async (storage) => {
      const { jobId, seqs } = await retryingJob(storage, [0, 0, 0], { attempts: 2 })
      await claimRetries(storage, { jobId, token: 'b', start: 1 })
      const reaped = await reap(storage, {
        decide: (item) => retry(item.seq, now + 500, { attempts: item.attempts + 1 }),
      })
      assert.deepEqual(plain(reaped), [{ jobId, token: 'b', unstarted: 2, started: 1, completed: false }])
      const again: ClaimedItem[] = []
      for (const token of ['c', 'd', 'e']) {
        again.push(...((await tryClaim(storage, { jobId, token, source: 'retries', now }))?.items ?? []))
      }
      assert.deepEqual(
        again.map((item) => [item.seq, item.attempts]),
        seqs.slice(1).map((seq) => [seq, 2]),
      )
      const [late] = (await claimRetries(storage, { jobId, token: 'f', now: now + 500 })).items
      assert.deepEqual({ seq: late?.seq, attempts: late?.attempts }, { seq: seqs[0], attempts: 3 })
    },
  },
})
