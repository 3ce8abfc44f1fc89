import type { SendingRecord, Storage } from '@broadside/core'
import { caseGroup } from '../conformance-case.js'
import { claim } from '../fixtures/claims.js'
import { START } from '../fixtures/instants.js'
import { newItems } from '../fixtures/new-items.js'
import { transmittingSending } from '../fixtures/sending-jobs.js'
import { change, createSending, needsSendings, sendingsOf } from '../fixtures/sendings.js'
import { addToWaves } from '../fixtures/waves.js'
import { counting, FEW_ROWS, ROWS_AN_ITEM } from '../work/counting.js'

const BATCH = 1_000

const jobId = 'job-1'

/** A sending that is transmitting, its job with as many items in a wave that waits, and ten that are due. */
async function waitingWave(storage: Storage, items: number): Promise<SendingRecord> {
  const sending = await transmittingSending(storage)
  for (let from = 0; from < items; from += BATCH) {
    await addToWaves(storage, {
      jobId,
      items: newItems(Math.min(BATCH, items - from), from + 1).map((item) => ({ ...item, wave: 1 })),
      into: ['processing'],
      waves: [{ wave: 1, dueAt: undefined }],
    })
  }
  const due = newItems(10, items + 1).map((item) => ({ ...item, wave: 0 }))
  await addToWaves(storage, { jobId, items: due, into: ['processing'], waves: [{ wave: 0, dueAt: START }] })
  return sending
}

export const SENDING_WORK_CASES = caseGroup(
  'work',
  {
    sendings: counting({
      guarantee:
        'What is due, a sending, a change of it and a page cost what they hold, however many sendings have come and gone',
      calls: async (storage, meter, finished) => {
        for (let i = 0; i < finished / 10; i++) {
          const ended = {
            id: `ended-${i}`,
            status: 'transmitted',
            createdAt: START + i,
            finishedAt: START + i,
          } as const
          await createSending(storage, ended)
        }
        const sending = await createSending(storage, {
          id: 'open',
          status: 'scheduled',
          wakeAt: START,
          createdAt: START + 1e6,
        })
        const sendings = sendingsOf(storage)
        const newest = { sortBy: 'createdAt', sortDir: 'desc', limit: 10 } as const
        const middle = { ...newest, after: { value: START + finished / 20, id: 'middle' } }
        const ended = { ...newest, filter: { finishedBefore: START + 1e6, statuses: ['transmitted'] } } as const
        await meter.measure('what is due', () => sendings.listDueSendings({ now: START, limit: 100 }))
        await meter.measure('getSending', () => sendings.getSending('open'))
        await meter.measure('a page of the newest', () => sendings.listSendings(newest))
        await meter.measure('a page in the middle', () => sendings.listSendings(middle))
        const ascending = { ...middle, sortDir: 'asc' } as const
        await meter.measure('a page in the middle, ascending', () => sendings.listSendings(ascending))
        const unscheduled = {
          sortBy: 'dueAt',
          sortDir: 'asc',
          limit: 10,
          after: { value: undefined, id: 'ended-5' },
        } as const
        await meter.measure('a page of those without an instant', () => sendings.listSendings(unscheduled))
        await meter.measure('a page of those that ended', () => sendings.listSendings(ended))
        await meter.measure('a change', () => change(storage, { sending, to: { status: 'pending' } }))
      },
      judge: (comparison) => {
        for (const name of ['what is due', 'getSending', 'a page of the newest', 'a page in the middle']) {
          comparison.assertWithin(name, { rowsRead: 250, rowsWritten: 0 })
        }
        comparison.assertWithin('a change', { rowsRead: 100, rowsWritten: FEW_ROWS })
      },
    }),
    waves: counting({
      guarantee:
        'To give a wave its instant writes a few rows, and to claim beside one that waits costs the same, however many items it has',
      calls: async (storage, meter, finished) => {
        const sending = await waitingWave(storage, finished)
        const list = { now: START, channels: ['email'], limit: 10 }
        await meter.measure('listClaimable', () => storage.listClaimable(list))
        await meter.measure('a claim of ten', () => claim(storage, { jobId, wave: 0, token: 'a', limit: 10 }))
        const waves = [{ wave: 1, dueAt: START }]
        const step = { type: 'transition', from: 'processing', to: 'processing', waves } as const
        await meter.measure('a wave let go', () => change(storage, { sending, to: {}, step }))
        await meter.measure('a claim of a hundred', () => claim(storage, { jobId, wave: 1, token: 'b', limit: 100 }))
      },
      judge: (comparison) => {
        comparison.assertWithin('listClaimable', { rowsRead: 100, rowsWritten: 0 })
        comparison.assertWithin('a wave let go', { rowsRead: 100, rowsWritten: FEW_ROWS })
        for (const name of ['a claim of ten', 'a claim of a hundred']) {
          comparison.assertWithin(name, { rowsRead: ROWS_AN_ITEM * 100, rowsWritten: FEW_ROWS })
        }
      },
    }),
  },
  needsSendings,
)
