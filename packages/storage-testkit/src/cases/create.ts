import assert from 'node:assert/strict'
import { ZERO_COUNTERS } from '@broadside/core'
import { caseGroup } from '../conformance-case.js'
import { assertRejects } from '../fixtures/assert-rejects.js'
import { START } from '../fixtures/instants.js'
import { createdJob, jobOf } from '../fixtures/jobs.js'
import { newJob } from '../fixtures/new-job.js'
import { plain } from '../fixtures/plain.js'
import { vandalise } from '../fixtures/vandalise.js'

export const CREATE_CASES = caseGroup('create', {
  'a-new-job-is-created-and-empty': {
    guarantee: 'A new job has status created, counters zero, nothing in flight and runNo 0',
    check: async (storage) => {
      const created = await storage.createJob({ job: newJob() })
      assert.deepEqual(plain(created), {
        ...plain(newJob()),
        status: 'created',
        counters: ZERO_COUNTERS,
        inFlight: 0,
        runNo: 0,
        ingestErrors: {},
        channels: [],
      })
    },
  },
  'what-is-read-is-what-was-answered': {
    guarantee: 'getJob reads the job as createJob answered it',
    check: async (storage) => {
      const created = await storage.createJob({ job: newJob({ ownerId: 'sending-1' }) })
      assert.deepEqual(plain(await storage.getJob('job-1')), plain(created))
      assert.equal(created.ownerId, 'sending-1')
    },
  },
  'a-definition-is-kept-as-it-is': {
    guarantee: 'The definition comes back as it went in, whatever its keys and texts',
    check: async (storage) => {
      const data = JSON.parse(
        '{"__proto__":{"polluted":true},"constructor":1,"ünï":"\\u0000 \\ud83d\\udce3 \'\\"","n":-0.5e-3}',
      )
      const definition = { name: 'Ünï "quoted"', tags: ['a', "b'; --"], message: { event: 'e', data }, priority: 10 }
      const job = newJob({ definition })
      await storage.createJob({ job })
      const read = await jobOf(storage, job.id)
      assert.deepEqual(plain(read.definition), plain(job.definition))
      assert.deepEqual(read.definition.message.data, data)
    },
  },
  'an-unknown-job-is-undefined': {
    guarantee: 'An unknown job is undefined',
    check: async (storage) => {
      assert.equal(await storage.getJob('nobody'), undefined)
    },
  },
  'an-id-is-used-once': {
    guarantee: 'A job is never written over: a second job of the same id is refused, and the first stays',
    check: async (storage) => {
      await createdJob(storage, { items: 2, definition: { name: 'first' } })
      const second = storage.createJob({ job: newJob({ definition: { name: 'second' } }) })
      await assertRejects(second, 'STORAGE_FAILED')
      const job = await jobOf(storage, 'job-1')
      assert.equal(job.definition.name, 'first')
      assert.equal(job.counters.received, 2)
    },
  },
  'answers-are-copies': {
    guarantee: 'Changing what went in or came out does not change what is stored',
    check: async (storage) => {
      const job = structuredClone(newJob({ definition: { tags: ['spring'] } }))
      const created = await storage.createJob({ job })
      const before = plain(await storage.getJob(job.id))
      vandalise(job.definition)
      vandalise(created)
      vandalise(await storage.getJob('job-1'))
      vandalise(await storage.listJobs({ limit: 10 }))
      assert.deepEqual(plain(await storage.getJob('job-1')), before)
    },
  },
  'jobs-do-not-mix': {
    guarantee: 'What happens to one job does not show in another',
    check: async (storage) => {
      await createdJob(storage, { id: 'job-1', items: 3 })
      await createdJob(storage, { id: 'job-2', items: 1, createdAt: START + 1 })
      assert.equal((await jobOf(storage, 'job-1')).counters.received, 3)
      assert.equal((await jobOf(storage, 'job-2')).counters.received, 1)
    },
  },
})
