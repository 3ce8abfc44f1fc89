import assert from 'node:assert/strict'
import type { SendingRecord } from '@broadside/core'
import { caseGroup } from '../conformance-case.js'
import { assertRejects } from '../fixtures/assert-rejects.js'
import { START } from '../fixtures/instants.js'
import { plain } from '../fixtures/plain.js'
import { change, createSending, needsSendings, newSending, sendingOf, sendingsOf } from '../fixtures/sendings.js'
import { vandalise } from '../fixtures/vandalise.js'

/** A sending that has everything. */
const WHOLE: SendingRecord = newSending({
  id: 'sendIng-1 é \u{1f600}',
  status: 'paused',
  pausedFrom: 'prepared',
  jobId: 'a job that nobody has stored',
  scheduledAt: START + 1,
  dueAt: START + 2,
  startedAt: START + 3,
  finishedAt: START + 4,
  reason: 'because',
  wakeAt: START + 5,
  state: '{"waves":[{"wave":0}],"text":"é \u{1f600} \\\\ \\" \u2028"}',
  definition: {
    name: 'Spring',
    tags: ['a', 'b'],
    sendtrigger: 'manual',
    message: { headers: { subject: 'Two for one' }, content: { 'text/html': '<b>{{ name }}</b>' } },
    properties: { season: 'spring', deep: [{ a: null }, 1.5, true] },
    recipients: [{ email: 'a@example.com', properties: { name: 'A' } }],
    failAfter: null,
  },
})

export const SENDING_CREATE_CASES = caseGroup(
  'sending',
  {
    'create-keeps-it-as-it-is': {
      guarantee: 'A sending comes back from create and from get as it went in, every field of it, with the version 1',
      check: async (storage) => {
        const created = await sendingsOf(storage).createSending({ sending: WHOLE })
        assert.deepEqual(plain(created), plain(WHOLE), 'the answer of createSending')
        assert.deepEqual(plain(await sendingOf(storage, WHOLE.id)), plain(WHOLE), 'what getSending reads')
      },
    },
    'create-without-what-may-be-missing': {
      guarantee: 'What a sending does not have is not there when it is read',
      check: async (storage) => {
        await createSending(storage)
        assert.deepEqual(plain(await sendingOf(storage, 'sending-1')), plain(newSending()))
      },
    },
    'create-refuses-a-taken-id': {
      guarantee: 'A sending with an id that is taken rejects with STORAGE_FAILED; the first one stays as it was',
      check: async (storage) => {
        await createSending(storage)
        await assertRejects(createSending(storage, { status: 'scheduled' }), 'STORAGE_FAILED')
        assert.equal((await sendingOf(storage, 'sending-1')).status, 'draft')
        await createSending(storage, { id: 'Sending-1' })
        await createSending(storage, { id: 'sending-1 ' })
      },
    },
    'create-among-concurrent-callers': {
      guarantee: 'Of concurrent creates with one id, one succeeds',
      check: async (storage) => {
        const creates = ['a', 'b', 'c'].map((reason) => createSending(storage, { reason }))
        const results = await Promise.allSettled(creates)
        assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
      },
    },
    'create-copies': {
      guarantee: 'Changing what went in or came out does not change what is stored',
      check: async (storage) => {
        const given = structuredClone(WHOLE)
        vandalise(await sendingsOf(storage).createSending({ sending: given }))
        vandalise(given)
        vandalise(await sendingOf(storage, WHOLE.id))
        const [listed] = await sendingsOf(storage).listSendings({ sortBy: 'name', sortDir: 'asc', limit: 1 })
        vandalise(listed)
        const read = await sendingOf(storage, WHOLE.id)
        assert.deepEqual(plain(read), plain(WHOLE))
        const input = structuredClone({ ...read, state: '[]' })
        vandalise(await change(storage, { sending: input, to: {} }))
        vandalise(input)
        assert.deepEqual(plain(await sendingOf(storage, WHOLE.id)), plain({ ...WHOLE, state: '[]', version: 2 }))
      },
    },
    'get-an-unknown-one': {
      guarantee: 'An unknown sending is undefined: ids are compared exactly, and a job’s id is no sending’s',
      check: async (storage) => {
        await createSending(storage)
        for (const id of ['nobody', 'Sending-1', 'sending-1 ', '', '__proto__']) {
          assert.equal(await sendingsOf(storage).getSending(id), undefined, `sending "${id}"`)
        }
        assert.equal(await storage.getJob('sending-1'), undefined)
      },
    },
  },
  needsSendings,
)
