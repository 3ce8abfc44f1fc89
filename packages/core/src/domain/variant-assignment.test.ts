import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isBroadsideError } from '../model/error.js'
import { type Experiment, experimentSchema } from '../model/experiment.js'
import { assignVariant, isInTestGroup, requireVariant, variantsFor } from './variant-assignment.js'

const RECIPIENTS = Array.from({ length: 10_000 }, (_, i) => `member-${i}`)

function split(name: string, weights: readonly number[]): Experiment {
  const variants = weights.map((weight, i) => ({ name: `v${i}`, weight }))
  return experimentSchema.parse({ name, strategy: 'split', variants })
}

function champion(name: string, testShare: number, weights: readonly number[] = [1, 1]): Experiment {
  const variants = weights.map((weight, i) => ({ name: `v${i}`, weight }))
  return experimentSchema.parse({ name, strategy: 'split-with-champion', variants, testShare, champion: {} })
}

/** Six standard deviations of a share of so many: chance goes beyond once in five hundred million. */
function tolerance(share: number, of: number): number {
  return 6 * Math.sqrt(share * (1 - share) * of) + 1
}

const name = fc.string({ maxLength: 20 }).map((text) => `<${text}>`)
const weights = fc.array(fc.double({ min: 1, max: 100, noNaN: true }), { minLength: 2, maxLength: 6 })
const testShare = fc.double({ min: 0.01, max: 0.99, noNaN: true })

describe('assignVariant', () => {
  it('gives out shares in proportion to the weights', () => {
    fc.assert(
      fc.property(name, weights, (named, given) => {
        const experiment = split(named, given)
        const total = given.reduce((sum, weight) => sum + weight, 0)
        const counts = new Map<string, number>()
        for (const recipient of RECIPIENTS) {
          const { name: variant } = assignVariant(experiment, recipient)
          counts.set(variant, (counts.get(variant) ?? 0) + 1)
        }
        given.forEach((weight, i) => {
          const share = weight / total
          const missed = Math.abs((counts.get(`v${i}`) ?? 0) - share * RECIPIENTS.length)
          expect(missed).toBeLessThan(tolerance(share, RECIPIENTS.length))
        })
      }),
      { numRuns: 40 },
    )
  })

  it('gives a recipient the same variant always, whoever else there is, and whatever the variants say', () => {
    fc.assert(
      fc.property(name, weights, fc.string(), (named, given, recipient) => {
        const experiment = split(named, given)
        const variants = experiment.variants.map((variant) => ({ ...variant, headers: { subject: 'Hello' } }))
        const again = assignVariant({ ...experiment, variants }, recipient)
        expect(again.name).toBe(assignVariant(experiment, recipient).name)
      }),
    )
  })

  it('is independent of what a recipient gets in an experiment of another name', () => {
    fc.assert(
      fc.property(name, name, (one, other) => {
        fc.pre(one !== other)
        const both = RECIPIENTS.filter((recipient) =>
          [one, other].every((named) => assignVariant(split(named, [1, 3]), recipient).name === 'v0'),
        )
        expect(Math.abs(both.length - RECIPIENTS.length / 16)).toBeLessThan(tolerance(1 / 16, RECIPIENTS.length))
      }),
      { numRuns: 30 },
    )
  })
})

describe('isInTestGroup', () => {
  it('takes the share that is asked for', () => {
    fc.assert(
      fc.property(name, testShare, (named, share) => {
        const testers = RECIPIENTS.filter((recipient) => isInTestGroup(champion(named, share), recipient))
        expect(Math.abs(testers.length - share * RECIPIENTS.length)).toBeLessThan(tolerance(share, RECIPIENTS.length))
      }),
      { numRuns: 30 },
    )
  })

  it('says nothing about the variant: the test group has the shares of the weights too', () => {
    fc.assert(
      fc.property(name, weights, (named, given) => {
        const experiment = champion(named, 0.4, given)
        const total = given.reduce((sum, weight) => sum + weight, 0)
        const testers = RECIPIENTS.filter((recipient) => isInTestGroup(experiment, recipient))
        const first = testers.filter((recipient) => assignVariant(experiment, recipient).name === 'v0')
        const share = (given[0] ?? 0) / total
        expect(Math.abs(first.length - share * testers.length)).toBeLessThan(tolerance(share, testers.length))
      }),
      { numRuns: 40 },
    )
  })

  it('is one group for all experiments of a sending, as large as the largest share', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 4 }), testShare, (names, share) => {
        const experiments = names.map((named, i) => champion(named, i === 0 ? share : share / 2))
        const testers = RECIPIENTS.filter((recipient) => isInTestGroup(experiments, recipient))
        expect(Math.abs(testers.length - share * RECIPIENTS.length)).toBeLessThan(tolerance(share, RECIPIENTS.length))
      }),
      { numRuns: 20 },
    )
  })

  it('takes the same people for an experiment and for a list of it alone', () => {
    const experiment = champion('subject', 0.3)
    for (const recipient of RECIPIENTS.slice(0, 500)) {
      expect(isInTestGroup([experiment], recipient)).toBe(isInTestGroup(experiment, recipient))
    }
  })

  it('takes nobody without a champion', () => {
    expect(RECIPIENTS.some((recipient) => isInTestGroup(split('subject', [1, 1]), recipient))).toBe(false)
    expect(isInTestGroup([], 'member-1')).toBe(false)
  })
})

describe('variantsFor', () => {
  const experiments = [champion('subject', 0.5), champion('body', 0.5)]
  const testers = RECIPIENTS.slice(0, 200).filter((recipient) => isInTestGroup(experiments, recipient))
  const others = RECIPIENTS.slice(0, 200).filter((recipient) => !isInTestGroup(experiments, recipient))
  const champions = [{ experiment: 'subject', variant: 'v1' }]

  it('gives the test group what it was assigned, also when the champion is known', () => {
    for (const recipient of testers) {
      const names = variantsFor({ experiments, recipient, champions }).map(({ variant }) => variant.name)
      expect(names).toEqual(experiments.map((experiment) => assignVariant(experiment, recipient).name))
    }
  })

  it('gives all others the champion and, where there is none, what they were assigned', () => {
    for (const recipient of others) {
      const [subject, body] = variantsFor({ experiments, recipient, champions })
      expect(subject).toMatchObject({ experiment: 'subject', variant: { name: 'v1' } })
      expect(body).toEqual({ experiment: 'body', variant: assignVariant(experiments[1] ?? split('', [1]), recipient) })
    }
  })

  it('gives a preview the variant that it asks for', () => {
    for (const recipient of ['member-1', 'member-2', 'member-3']) {
      for (const variant of ['v0', 'v1']) {
        const asked = [{ experiment: 'body', variant }]
        expect(variantsFor({ experiments, recipient, champions, asked })[1]?.variant.name).toBe(variant)
      }
    }
  })

  it.each([
    [
      { experiment: 'colour', variant: 'v0' },
      'experiment: there is no experiment "colour"; there is "subject", "body".',
    ],
    [{ experiment: 'body', variant: 'v9' }, 'variant: there is no variant "v9"; there is "v0", "v1".'],
  ])('refuses %j', (choice, message) => {
    for (const ask of [
      () => variantsFor({ experiments, recipient: 'member-1', asked: [choice] }),
      () => requireVariant(experiments, choice),
    ]) {
      try {
        ask()
        expect.unreachable()
      } catch (error) {
        if (!isBroadsideError(error, 'INVALID_INPUT')) throw error
        expect(error.message).toBe(message)
        expect(error.issues).toHaveLength(1)
      }
    }
  })

  it('finds the variant of a name', () => {
    expect(requireVariant(experiments, { experiment: 'body', variant: 'v1' }).name).toBe('v1')
  })
})
