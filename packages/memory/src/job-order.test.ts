import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newJob } from './job.fixture.js'
import { JobOrder } from './job-order.js'
import { newJobState } from './job-state.js'

const PLACE = fc.record({ createdAt: fc.nat({ max: 5 }), id: fc.constantFrom('a', 'b', 'c', 'd') })

describe('JobOrder', () => {
  it('gives jobs newest first from any place, whatever the order they came and went in', () => {
    const places = fc.uniqueArray(PLACE, { selector: ({ createdAt, id }) => `${createdAt} ${id}` })
    fc.assert(
      fc.property(places, fc.nat(), fc.option(PLACE, { nil: undefined }), (added, removed, after) => {
        const order = new JobOrder()
        const jobs = added.map((place) => newJobState(newJob(place), new Set()))
        for (const job of jobs) order.add(job)
        const gone = jobs[removed % (jobs.length + 1)]
        if (gone) order.remove(gone)
        const left = jobs.filter((job) => job !== gone)
        const newestFirst = left.sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1))
        const expected = newestFirst.filter(
          (job) =>
            !after || job.createdAt < after.createdAt || (job.createdAt === after.createdAt && job.id < after.id),
        )
        expect([...order.newestFirst(after)]).toEqual(expected)
      }),
    )
  })
})
