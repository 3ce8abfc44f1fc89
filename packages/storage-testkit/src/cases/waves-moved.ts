import assert from 'node:assert/strict'
import type { SendingRecord, Storage } from '@broadside/core'
import { caseGroup } from '../conformance-case.js'
import { claim, nothingToClaim } from '../fixtures/claims.js'
import { START } from '../fixtures/instants.js'
import { jobOf } from '../fixtures/jobs.js'
import { preparingSending } from '../fixtures/sending-jobs.js'
import { change, needsSendings, tryChange } from '../fixtures/sendings.js'
import { addToWaves, nameOf, readyAt, waveItems } from '../fixtures/waves.js'
import { dueIn } from './waves.js'

const jobId = 'job-1'
const STAY = { type: 'transition', from: 'processing', to: 'processing' } as const

type Dues = Readonly<Record<number, number | undefined>>

/** A sending that is transmitting, its job with items in waves, due as `dues` says in ms after {@link START}. */
async function sendingInWaves(storage: Storage, names: readonly string[], dues: Dues): Promise<SendingRecord> {
  const sending = await preparingSending(storage)
  await addToWaves(storage, { jobId, items: waveItems(...names), waves: dueIn(dues) })
  const set = { channels: ['email'], startedAt: START }
  const step = { type: 'transition', from: 'created', to: 'processing', set } as const
  return change(storage, { sending, to: { status: 'transmitting' }, step })
}

/** Gives waves instants by a change of their sending. */
function giveDues(storage: Storage, sending: SendingRecord, dues: Dues): Promise<SendingRecord> {
  return change(storage, { sending, to: {}, step: { ...STAY, waves: dueIn(dues) } })
}

export const WAVES_MOVED_CASES = caseGroup(
  'waves',
  {
    'moved-from-no-instant-to-one': {
      guarantee: 'A change of the sending gives a wave that waits without an instant its own; the others stay',
      check: async (storage) => {
        const sending = await sendingInWaves(storage, ['0:a', '1:b', '2:c', '2:d'], { 1: 30, 2: undefined })
        await giveDues(storage, sending, { 2: 20 })
        assert.deepEqual(await readyAt(storage), { ready: ['range 0'], nextAt: START + 20 })
        const { items } = await claim(storage, { jobId, wave: 2, token: 'a', now: START + 20 })
        assert.deepEqual(items.map(nameOf), ['c', 'd'])
        await nothingToClaim(storage, { jobId, wave: 1, token: 'x', now: START + 29 })
      },
    },
    'moved-and-taken-back': {
      guarantee: 'A change moves the instant of a wave to another, earlier or later, and takes it away',
      check: async (storage) => {
        const first = await sendingInWaves(storage, ['1:a', '2:b'], { 1: 10, 2: 10 })
        const second = await giveDues(storage, first, { 1: 5, 2: 15 })
        assert.deepEqual(await readyAt(storage, START + 5), { ready: ['range 1'], nextAt: START + 15 })
        const third = await giveDues(storage, second, { 1: undefined, 2: 20 })
        assert.deepEqual(await readyAt(storage, START + 5), { ready: [], nextAt: START + 20 })
        await giveDues(storage, third, { 2: undefined })
        assert.deepEqual(await readyAt(storage, START + 1e12), { ready: [], nextAt: undefined })
      },
    },
    'moved-but-for-what-was-claimed': {
      guarantee: 'A change moves what nobody has claimed of a wave: what was given back stays as it is',
      check: async (storage) => {
        const sending = await sendingInWaves(storage, ['1:a', '1:b', '1:c', '2:d'], {})
        await claim(storage, { jobId, wave: 1, token: 'a', limit: 1 })
        await storage.giveBack({ jobId, token: 'a', now: START, notBefore: START + 3 })
        await claim(storage, { jobId, wave: 2, token: 'b' })
        await giveDues(storage, sending, { 1: 50, 2: 50, 3: 50 })
        assert.deepEqual(await readyAt(storage, START + 3), { ready: ['range 1'], nextAt: START + 50 })
        const { items } = await claim(storage, { jobId, wave: 1, token: 'c', now: START + 3 })
        assert.deepEqual(items.map(nameOf), ['a'])
        await nothingToClaim(storage, { jobId, wave: 1, token: 'x', now: START + 49 })
      },
    },
    'moved-with-the-run': {
      guarantee: 'The transition that runs the job may give its waves instants',
      check: async (storage) => {
        const sending = await preparingSending(storage)
        await addToWaves(storage, { jobId, items: waveItems('0:a', '1:b') })
        const run = { type: 'transition', from: 'created', to: 'processing', set: { channels: ['email'] } } as const
        const step = { ...run, waves: dueIn({ 0: 5, 1: undefined }) }
        const result = await tryChange(storage, { sending, to: { status: 'prepared' }, step })
        assert.deepEqual([result.applied, result.job?.job?.status], [true, 'processing'])
        assert.deepEqual(await readyAt(storage), { ready: [], nextAt: START + 5 })
        assert.deepEqual(await readyAt(storage, START + 5), { ready: ['range 0'], nextAt: undefined })
      },
    },
    'moved-while-paused': {
      guarantee: 'Waves of a paused job are moved too; until it goes on, none is ready',
      check: async (storage) => {
        const sending = await sendingInWaves(storage, ['1:a'], { 1: undefined })
        const pause = { type: 'transition', from: 'processing', to: 'paused' } as const
        const paused = await change(storage, {
          sending,
          to: { status: 'paused', pausedFrom: 'transmitting' },
          step: pause,
        })
        const stay = { type: 'transition', from: 'paused', to: 'paused', waves: dueIn({ 1: 0 }) } as const
        const moved = await change(storage, { sending: paused, to: {}, step: stay })
        assert.equal((await jobOf(storage, jobId)).status, 'paused')
        assert.deepEqual((await readyAt(storage)).ready, [])
        const resume = { type: 'transition', from: 'paused', to: 'processing' } as const
        await change(storage, { sending: moved, to: { status: 'transmitting', pausedFrom: undefined }, step: resume })
        assert.deepEqual(await readyAt(storage), { ready: ['range 1'], nextAt: undefined })
      },
    },
    'not-moved-from-another-version': {
      guarantee: 'A change that is refused moves no wave',
      check: async (storage) => {
        const first = await sendingInWaves(storage, ['1:a'], { 1: 10 })
        await change(storage, { sending: first, to: {} })
        const step = { ...STAY, waves: dueIn({ 1: 0 }) }
        assert.equal((await tryChange(storage, { sending: first, to: {}, step })).applied, false)
        assert.deepEqual(await readyAt(storage), { ready: [], nextAt: START + 10 })
      },
    },
  },
  needsSendings,
)
