import type { Figures, Measured, Result, ResultKey, Sample } from './result.js'

/** The middle one of the values, or the mean of the middle two; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  if (Number.isInteger(middle)) return ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
  return sorted[Math.floor(middle)] ?? Number.NaN
}

export function resultOf(key: ResultKey, samples: readonly Sample[]): Result {
  return { ...key, ...mediansOf(samples), samples }
}

function mediansOf(samples: readonly Sample[]): Measured {
  const names = [...new Set(samples.flatMap(({ figures }) => Object.keys(figures)))]
  const figures: Figures = Object.fromEntries(
    names.map((name) => [name, median(samples.flatMap((sample) => sample.figures[name] ?? []))]),
  )
  return {
    itemsPerSecond: medianOrNull(samples.flatMap((sample) => sample.itemsPerSecond ?? [])),
    rssMb: medianOrNull(samples.flatMap((sample) => sample.rssMb ?? [])),
    figures,
  }
}

function medianOrNull(values: readonly number[]): number | null {
  return values.length === 0 ? null : median(values)
}

/** What of a sample two results are compared by. */
export type Aspect = (sample: Sample) => number | null | undefined

export const RATE: Aspect = (sample) => sample.itemsPerSecond
export const RSS: Aspect = (sample) => sample.rssMb
export const figure =
  (name: string): Aspect =>
  (sample) =>
    sample.figures[name]

/** The median of the ratios that the two had in the same round; `undefined` when they share none. */
export function ratioOf(of: Result | undefined, to: Result | undefined, aspect: Aspect = RATE): number | undefined {
  if (of === undefined || to === undefined) return undefined
  const ratios = of.samples.flatMap((sample) => {
    const other = to.samples.find(({ round }) => round === sample.round)
    const [above, below] = [aspect(sample), other && aspect(other)]
    return typeof above === 'number' && typeof below === 'number' && below !== 0 ? [above / below] : []
  })
  return ratios.length === 0 ? undefined : median(ratios)
}
