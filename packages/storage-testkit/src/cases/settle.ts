import assert from 'node:assert/strict'
import { caseGroup } from '../conformance-case.js'
import { assertRejects } from '../fixtures/assert-rejects.js'
import { claimedJob } from '../fixtures/claimed-job.js'
import { claim, seqsIn } from '../fixtures/claims.js'
import { START } from '../fixtures/instants.js'
import { jobOf, pause } from '../fixtures/jobs.js'
import { allItems } from '../fixtures/pages.js'
import { plain } from '../fixtures/plain.js'
import { rejected, retry, sent, settle, skipped, uncertain } from '../fixtures/settlements.js'

export const SETTLE_CASES = caseGroup('settle', {
  'keeps-what-it-is-told': {
    guarantee: 'Each item becomes what its settlement says, with every field of it',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 5)
      const [a = -1, b = -1, c = -1, d = -1, e = -1] = seqs
      const settlements = [
        sent(a, { attempts: 2, trail: 'é "trail"' }),
        rejected(b),
        skipped(c),
        uncertain(d, { trail: '{}' }),
        retry(e, START + 9, { code: 'SMTP_450', reason: 'busy', channel: 'sms', trail: 't' }),
      ]
      const result = await settle(storage, { jobId, token: 'a', now: START + 5, settlements })
      assert.deepEqual(plain(result), {
        answers: ['applied', 'applied', 'applied', 'applied', 'applied'],
        held: false,
        control: { status: 'processing', pending: 1 },
        completed: false,
      })
      const expected = settlements.map(({ to, ...fields }) => ({
        ...fields,
        status: to,
        ...(to === 'pending' ? {} : { settledAt: START + 5 }),
      }))
      const items = plain(await allItems(storage, { jobId }))
      assert.deepEqual(
        items.map(({ recipient: _, messageId: __, payload: ___, ...rest }) => rest),
        plain(expected),
      )
    },
  },
  'replaces-what-was-there': {
    guarantee: 'A settlement replaces the one before as a whole: nothing of a failed attempt stays behind',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 1)
      const [seq = -1] = seqs
      const failed = retry(seq, START, { code: 'SMTP_450', reason: 'busy', channel: 'sms', trail: 't', receipt: 'r' })
      await settle(storage, { jobId, token: 'a', settlements: [failed] })
      await claim(storage, { jobId, token: 'b', source: 'retries' })
      await settle(storage, { jobId, token: 'b', settlements: [{ seq, to: 'enqueued', attempts: 2 }] })
      const [item] = plain(await allItems(storage, { jobId }))
      assert.deepEqual(Object.keys(item ?? {}).sort(), [
        'attempts',
        'messageId',
        'payload',
        'recipient',
        'seq',
        'settledAt',
        'status',
      ])
      assert.deepEqual(plain(await storage.countCodes(jobId)), {})
    },
  },
  'moves-counters-and-in-flight': {
    guarantee: 'Counters and inFlight move with the items of the call',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 4)
      const [a = -1, b = -1, c = -1] = seqs
      await settle(storage, { jobId, token: 'a', settlements: [sent(a), rejected(b), retry(c, START)] })
      const { counters, inFlight } = await jobOf(storage, jobId)
      assert.deepEqual(
        { pending: counters.pending, enqueued: counters.enqueued, error: counters.error, inFlight },
        { pending: 2, enqueued: 1, error: 1, inFlight: 1 },
      )
    },
  },
  'in-any-order-and-grouping': {
    guarantee:
      'The items of a lease are settled in any order, in any number of calls; answers are in the order of the call',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 5)
      const [a = -1, b = -1, c = -1, d = -1, e = -1] = seqs
      const first = await settle(storage, { jobId, token: 'a', settlements: [sent(d), sent(b)] })
      assert.deepEqual({ answers: first.answers, held: first.held }, { answers: ['applied', 'applied'], held: true })
      const second = await settle(storage, { jobId, token: 'a', settlements: [sent(e), sent(d), sent(a)] })
      assert.deepEqual(
        { answers: second.answers, held: second.held },
        { answers: ['applied', 'already', 'applied'], held: true },
      )
      const last = await settle(storage, { jobId, token: 'a', settlements: [sent(c)] })
      assert.deepEqual({ answers: last.answers, held: last.held }, { answers: ['applied'], held: false })
    },
  },
  'many-of-which-some-are-settled': {
    guarantee:
      'Of many items in one call, settled before or not, in any order, each gets its own answer, and only the others change',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 300)
      const before = seqs.filter((_, i) => i % 7 === 3)
      await settle(storage, { jobId, token: 'a', settlements: before.map((seq) => sent(seq, { receipt: 'first' })) })
      const shuffled = [...seqs].sort((a, b) => ((a * 7_919) % 311) - ((b * 7_919) % 311) || a - b)
      const settlements = shuffled.map((seq) => rejected(seq, { code: 'SECOND' }))
      const { answers } = await settle(storage, { jobId, token: 'a', settlements })
      assert.deepEqual(
        answers,
        shuffled.map((seq) => (before.includes(seq) ? 'already' : 'applied')),
      )
      const items = await allItems(storage, { jobId })
      assert.deepEqual(
        items.filter(({ receipt }) => receipt === 'first').map(({ seq }) => seq),
        before,
      )
      const { counters } = await jobOf(storage, jobId)
      const rest = seqs.length - before.length
      assert.deepEqual([counters.enqueued, counters.error, counters.pending], [before.length, rest, 0])
      assert.deepEqual(plain(await storage.countCodes(jobId)), { SECOND: rest })
    },
  },
  'a-replay-is-already': {
    guarantee: 'A repeat after a lost answer is `already` for every item, and changes nothing',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 5)
      const [a = -1, b = -1, c = -1, d = -1] = seqs
      const settlements = [sent(a), rejected(b), retry(c, START + 50), uncertain(d)]
      await settle(storage, { jobId, token: 'a', settlements })
      const before = [plain(await jobOf(storage, jobId)), plain(await allItems(storage, { jobId }))]
      const replay = await settle(storage, { jobId, token: 'a', now: START + 1, settlements })
      assert.deepEqual(replay.answers, ['already', 'already', 'already', 'already'])
      assert.deepEqual([plain(await jobOf(storage, jobId)), plain(await allItems(storage, { jobId }))], before)
    },
  },
  'the-first-outcome-wins': {
    guarantee: 'A second outcome under the same token changes nothing',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 3)
      const [a = -1, b = -1, c = -1] = seqs
      await settle(storage, { jobId, token: 'a', settlements: [sent(a), retry(b, START), rejected(c)] })
      const second = await settle(storage, { jobId, token: 'a', settlements: [rejected(a), sent(b), sent(c)] })
      assert.deepEqual(second.answers, ['already', 'already', 'already'])
      const { counters } = await jobOf(storage, jobId)
      assert.deepEqual(
        { enqueued: counters.enqueued, pending: counters.pending, error: counters.error },
        { enqueued: 1, pending: 1, error: 1 },
      )
    },
  },
  'another-token-is-stale': {
    guarantee: 'A token settles nothing that another lease holds or has settled',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 4, { limit: 2 })
      const [c = -1, d = -1] = seqsIn(await claim(storage, { jobId, token: 'b' }))
      await settle(storage, { jobId, token: 'b', settlements: [sent(c)] })
      const { answers, held } = await settle(storage, { jobId, token: 'a', settlements: [rejected(c), rejected(d)] })
      assert.deepEqual({ answers, held }, { answers: ['stale', 'stale'], held: true })
      const { counters, inFlight } = await jobOf(storage, jobId)
      assert.deepEqual(
        { enqueued: counters.enqueued, error: counters.error, inFlight },
        { enqueued: 1, error: 0, inFlight: 3 },
      )
      assert.equal(seqs.length, 2)
    },
  },
  'an-unknown-token-is-stale': {
    guarantee: 'A token that never held anything settles nothing: claimed, unclaimed or unknown items are stale',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 2, { limit: 1 })
      const [first = -1] = seqs
      const settlements = [sent(first), sent(first + 1), sent(first + 1_000_000)]
      const result = await settle(storage, { jobId, token: 'nobody', settlements })
      assert.deepEqual(
        { answers: result.answers, held: result.held },
        { answers: ['stale', 'stale', 'stale'], held: false },
      )
      assert.equal((await jobOf(storage, jobId)).counters.pending, 2)
    },
  },
  'tokens-belong-to-their-job': {
    guarantee: 'A token settles nothing of another job, though seqs are the same',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 1)
      const other = await claimedJob(storage, 1, { id: 'job-2', token: 'b' })
      const [seq = -1] = other.seqs
      const { answers } = await settle(storage, { jobId: other.jobId, token: 'a', settlements: [sent(seq)] })
      assert.deepEqual(answers, ['stale'])
      assert.equal((await jobOf(storage, jobId)).counters.pending, seqs.length)
    },
  },
  'no-settlements': {
    guarantee: 'A call without settlements answers how the lease and the job stand',
    check: async (storage) => {
      const { jobId } = await claimedJob(storage, 1)
      await pause(storage, jobId)
      assert.deepEqual(plain(await settle(storage, { jobId, token: 'a', settlements: [] })), {
        answers: [],
        held: true,
        control: { status: 'paused', pending: 1 },
        completed: false,
      })
    },
  },
  'tells-the-control-state': {
    guarantee: 'A settle is accepted in a paused job and tells of the pause',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 2)
      const [first = -1] = seqs
      await pause(storage, jobId)
      const result = plain(await settle(storage, { jobId, token: 'a', settlements: [sent(first)] }))
      assert.deepEqual(
        { answers: result.answers, control: result.control },
        { answers: ['applied'], control: { status: 'paused', pending: 1 } },
      )
    },
  },
  'a-lease-without-open-items-is-gone': {
    guarantee: 'A lease whose last open item was settled, a retry included, is gone',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 1)
      const [seq = -1] = seqs
      const result = await settle(storage, { jobId, token: 'a', settlements: [retry(seq, START + 10)] })
      assert.equal(result.held, false)
      const extended = await storage.extend({ jobId, token: 'a', now: START, leaseUntil: START + 1 })
      assert.equal(extended.held, false)
      assert.equal((await jobOf(storage, jobId)).inFlight, 0)
    },
  },
  'concurrent-repeats-apply-once': {
    guarantee: 'Of concurrent repeats of a settle, one is applied',
    check: async (storage) => {
      const { jobId, seqs } = await claimedJob(storage, 3)
      const settlements = seqs.map((seq) => sent(seq))
      const results = await Promise.all([1, 2, 3, 4].map(() => settle(storage, { jobId, token: 'a', settlements })))
      const applied = results.flatMap(({ answers }) => answers).filter((answer) => answer === 'applied')
      assert.equal(applied.length, 3)
      assert.equal(results.filter(({ completed }) => completed).length, 1)
    },
  },
  'an-unknown-job': {
    guarantee: 'An unknown job is JOB_NOT_FOUND',
    check: async (storage) => {
      await assertRejects(settle(storage, { jobId: 'nobody', token: 'a', settlements: [sent(0)] }), 'JOB_NOT_FOUND')
    },
  },
})
