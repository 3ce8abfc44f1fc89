import { BroadsideError } from '../model/error.js'
import type { Experiment, Variant } from '../model/experiment.js'
import { quoted } from './quoted.js'
import { stableShare } from './stable-hash.js'

/**
 * The variant that a recipient gets, in proportion to the weights: always the same one, and independent of what it gets in experiments of
 * another name.
 */
export function assignVariant(experiment: Experiment, recipient: string): Variant {
  const { variants } = experiment
  const total = variants.reduce((sum, { weight }) => sum + weight, 0)
  let left = stableShare('variant', experiment.name, recipient) * total
  for (const variant of variants) {
    left -= variant.weight
    if (left < 0) return variant
  }
  // Rounding can leave a trace of the last one's weight.
  return lastOf(variants, experiment)
}

/**
 * Whether a recipient belongs to the test group, which gets the variants before there is a champion: always the same answer, independent
 * of the variant. Nobody does with `split`.
 *
 * The experiments of one sending have one test group, as large as the largest of their shares: who goes out before the champions are
 * known tests all of them.
 */
export function isInTestGroup(experiments: Experiment | readonly Experiment[], recipient: string): boolean {
  const tested = (isList(experiments) ? experiments : [experiments]).filter(hasChampion)
  if (tested.length === 0) return false
  const share = Math.max(...tested.map(({ testShare }) => testShare))
  return stableShare('test group', ...tested.map(({ name }) => name), recipient) < share
}

/** An experiment of which the best variant goes to all who did not test it. */
export type ChampionExperiment = Extract<Experiment, { readonly strategy: 'split-with-champion' }>

export function hasChampion(experiment: Experiment): experiment is ChampionExperiment {
  return experiment.strategy === 'split-with-champion'
}

/** A variant of an experiment, by their names. */
export interface VariantChoice {
  readonly experiment: string
  readonly variant: string
}

export interface ChosenVariant {
  readonly experiment: string
  readonly variant: Variant
}

export interface VariantsForParams {
  readonly experiments: readonly Experiment[]
  /** The recipient id of the item. */
  readonly recipient: string
  /** Those that are known. Who is not in the test group gets them; without one, the assigned variant. */
  readonly champions?: readonly VariantChoice[] | undefined
  /** What a preview asks for, whoever the recipient is. */
  readonly asked?: readonly VariantChoice[] | undefined
}

/**
 * The variants that a recipient gets, one of each experiment, in their order: later ones go over earlier ones.
 *
 * @throws BroadsideError `INVALID_INPUT` when a variant is asked for that does not exist; it says which there are.
 */
export function variantsFor({
  experiments,
  recipient,
  champions = [],
  asked = [],
}: VariantsForParams): ChosenVariant[] {
  for (const choice of asked) requireVariant(experiments, choice)
  const isTester = isInTestGroup(experiments, recipient)
  return experiments.map((experiment) => {
    const champion = isTester ? undefined : choiceIn(champions, experiment)
    const variant = choiceIn(asked, experiment) ?? champion ?? assignVariant(experiment, recipient)
    return { experiment: experiment.name, variant }
  })
}

/**
 * The variant of that name.
 *
 * @throws BroadsideError `INVALID_INPUT` when there is no such experiment or variant; it says which there are.
 */
export function requireVariant(experiments: readonly Experiment[], choice: VariantChoice): Variant {
  const experiment = experiments.find(({ name }) => name === choice.experiment)
  if (experiment === undefined) throw unknownName('experiment', choice.experiment, experiments)
  const variant = choiceIn([choice], experiment)
  if (variant === undefined) throw unknownName('variant', choice.variant, experiment.variants)
  return variant
}

function choiceIn(choices: readonly VariantChoice[], { name, variants }: Experiment): Variant | undefined {
  const choice = choices.find(({ experiment }) => experiment === name)
  return choice && variants.find((variant) => variant.name === choice.variant)
}

function unknownName(
  what: 'experiment' | 'variant',
  name: string,
  known: readonly { readonly name: string }[],
): BroadsideError {
  const names = known.length === 0 ? 'none' : known.map((one) => quoted(one.name)).join(', ')
  const message = `there is no ${what} ${quoted(name)}; there is ${names}`
  return new BroadsideError('INVALID_INPUT', `${what}: ${message}.`, { issues: [{ path: [what], message }] })
}

function isList(experiments: Experiment | readonly Experiment[]): experiments is readonly Experiment[] {
  return Array.isArray(experiments)
}

function lastOf(variants: readonly Variant[], { name }: Experiment): Variant {
  const last = variants.at(-1)
  if (last === undefined) throw new BroadsideError('INVALID_INPUT', `Experiment ${quoted(name)} has no variants.`)
  return last
}
