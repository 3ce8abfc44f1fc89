import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planOf } from './plan.js'
import { fateOf, recipientsOf, usersOf } from './recipients.js'

const settings = fc.record({
  storage: fc.constantFrom('sqlite', 'postgres'),
  items: fc.integer({ min: 1, max: 20_000 }),
  durationMs: fc.integer({ min: 1_000, max: 3_600_000 }),
  workers: fc.integer({ min: 1, max: 32 }),
  seed: fc.nat(),
})

describe('a plan', () => {
  it('has exactly the items that were asked for, beside those that are held', () => {
    fc.assert(
      fc.property(settings, (given) => {
        const { jobs } = planOf(given)
        const resent = jobs.filter(({ onUncertain }) => onUncertain === 'resend')
        expect(resent.reduce((sum, { wanted }) => sum + wanted, 0)).toBe(given.items)
        expect(jobs.filter(({ onUncertain }) => onUncertain === 'hold').map(({ name }) => name)).toEqual(['held'])
        expect(Math.min(...jobs.map(({ wanted }) => wanted))).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  it('can be sent in its time, by those who are at work', () => {
    fc.assert(
      fc.property(settings, (given) => {
        const { jobs, crew, rates, durationMs } = planOf({ ...given, durationMs: Math.max(given.durationMs, 20_000) })
        for (const channel of ['email', 'sms'] as const) {
          const { limit, intervalMs } = rates[channel]
          const carriers = crew.filter((channels) => channels.includes(channel)).length
          const items = jobs.filter((job) => job.channel === channel).reduce((sum, job) => sum + job.wanted, 0)
          expect((items * intervalMs) / (limit * carriers)).toBeLessThanOrEqual(durationMs)
        }
      }),
    )
  })
})

describe('recipients', () => {
  it('are as many of each fate as the plan says, and come in the input as often as it says', () => {
    const shape = fc
      .record({ wanted: fc.nat(500), refused: fc.nat(20), repeated: fc.nat(10) })
      .filter(({ wanted, refused, repeated }) => repeated <= wanted + refused)
    fc.assert(
      fc.property(shape, (job) => {
        const recipients = [...recipientsOf(job)]
        expect(new Set(recipients).size).toBe(job.wanted + job.refused)
        expect(recipients.filter((recipient) => fateOf(recipient) === 'refused')).toHaveLength(job.refused)
        const users = [...usersOf(job)].map(({ recipient }) => String(recipient))
        expect(users).toHaveLength(job.wanted + job.refused + job.repeated)
        expect([...new Set(users)]).toEqual(recipients)
      }),
    )
  })
})
