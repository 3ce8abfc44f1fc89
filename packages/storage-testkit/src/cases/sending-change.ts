import assert from 'node:assert/strict'
import { caseGroup } from '../conformance-case.js'
import { START } from '../fixtures/instants.js'
import { newJob } from '../fixtures/new-job.js'
import { plain } from '../fixtures/plain.js'
import {
  change,
  createSending,
  needsSendings,
  newSending,
  sendingOf,
  sendingsOf,
  tryChange,
} from '../fixtures/sendings.js'

export const SENDING_CHANGE_CASES = caseGroup(
  'sending',
  {
    'change-replaces-it-as-a-whole': {
      guarantee: 'A change replaces every field, those that are gone included, and its version is one higher',
      check: async (storage) => {
        const paused = { status: 'paused', pausedFrom: 'pending', reason: 'because', wakeAt: START + 5 } as const
        const sending = await createSending(storage, {
          ...paused,
          dueAt: START + 9,
          definition: { name: 'Spring', tags: ['a'] },
        })
        const next = newSending({ status: 'pending', state: '{"waves":[]}', definition: { tags: ['b'] } })
        const {
          applied,
          sending: answered,
          job,
        } = await sendingsOf(storage).changeSending({
          sending: { ...next, version: sending.version },
          now: START,
        })
        assert.deepEqual([applied, job], [true, undefined])
        assert.deepEqual(plain(answered), plain({ ...next, version: 2 }), 'the answer of changeSending')
        assert.deepEqual(plain(await sendingOf(storage, 'sending-1')), plain({ ...next, version: 2 }), 'what is read')
      },
    },
    'change-counts-versions': {
      guarantee: 'Every change is one version, one that changes nothing too',
      check: async (storage) => {
        let sending = await createSending(storage)
        for (const version of [2, 3, 4, 5]) {
          sending = await change(storage, { sending, to: version % 2 === 0 ? {} : { state: String(version) } })
          assert.equal(sending.version, version)
          assert.equal((await sendingOf(storage, 'sending-1')).version, version)
        }
      },
    },
    'change-from-another-version': {
      guarantee:
        'A change from an earlier version, or from one that is not there yet, changes nothing and says how it stands',
      check: async (storage) => {
        const first = await createSending(storage)
        const second = await change(storage, { sending: first, to: { status: 'scheduled', wakeAt: START + 1 } })
        for (const version of [1, 0, 3]) {
          const result = await tryChange(storage, { sending: { ...first, version }, to: { status: 'pending' } })
          assert.deepEqual(plain(result), { applied: false, sending: plain(second) }, `from version ${version}`)
        }
        assert.deepEqual(plain(await sendingOf(storage, 'sending-1')), plain(second))
      },
    },
    'change-from-another-version-takes-no-step': {
      guarantee: 'A change from another version takes no step on the job, and its answer has none',
      check: async (storage) => {
        const first = await createSending(storage)
        await change(storage, { sending: first, to: {} })
        const step = { type: 'create', job: newJob({ ownerId: first.id }) } as const
        const result = await tryChange(storage, { sending: first, to: { jobId: 'job-1' }, step })
        assert.deepEqual([result.applied, result.job], [false, undefined])
        assert.equal(await storage.getJob('job-1'), undefined)
      },
    },
    'change-of-one-that-is-gone': {
      guarantee: 'A change of a sending that is not there, or has been deleted, is not applied and says so',
      check: async (storage) => {
        const never = await tryChange(storage, { sending: newSending({ id: 'nobody' }), to: {} })
        assert.deepEqual(plain(never), { applied: false })
        const sending = await createSending(storage)
        await sendingsOf(storage).deleteSending({ sendingId: sending.id, version: 1, now: START })
        assert.deepEqual(plain(await tryChange(storage, { sending, to: {} })), { applied: false })
        assert.equal(await sendingsOf(storage).getSending(sending.id), undefined)
      },
    },
    'change-touches-no-other': {
      guarantee: 'A change is of one sending: others stay as they are',
      check: async (storage) => {
        const [a, b] = [await createSending(storage, { id: 'a' }), await createSending(storage, { id: 'b' })]
        await change(storage, { sending: a, to: { status: 'scheduled', state: 'another' } })
        assert.deepEqual(plain(await sendingOf(storage, 'b')), plain(b))
      },
    },
    'change-among-concurrent-callers': {
      guarantee: 'Of concurrent changes from one version, one is applied and the others say how it stands since',
      check: async (storage) => {
        let sending = await createSending(storage)
        for (let round = 0; round < 5; round += 1) {
          const states = ['a', 'b', 'c', 'd'].map((name) => `${name} ${round}`)
          const results = await Promise.all(states.map((state) => tryChange(storage, { sending, to: { state } })))
          const winners = states.filter((_, index) => results[index]?.applied)
          assert.equal(winners.length, 1, `${winners.length} changes from version ${sending.version} are applied`)
          sending = await sendingOf(storage, 'sending-1')
          assert.deepEqual([sending.state, sending.version], [winners[0], round + 2])
          for (const result of results) assert.deepEqual(plain(result.sending), plain(sending))
        }
      },
    },
  },
  needsSendings,
)
