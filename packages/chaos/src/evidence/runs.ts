/** Whole numbers as text, runs of them in short: `3-9,12`. Nothing is the empty text. */
export type Runs = string

export function runsOf(numbers: Iterable<number>): Runs {
  const sorted = [...numbers].sort((a, b) => a - b)
  const runs: [first: number, last: number][] = []
  for (const number of sorted) {
    const run = runs.at(-1)
    if (run !== undefined && number <= run[1] + 1) run[1] = number
    else runs.push([number, number])
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',')
}

/** A set of whole numbers, kept as its runs. */
export class RunSet {
  readonly #firsts: number[] = []
  readonly #lasts: number[] = []

  constructor(runs: Runs) {
    if (runs === '') return
    for (const run of runs.split(',')) {
      const [first = '', last = first] = run.split('-')
      this.#firsts.push(Number(first))
      this.#lasts.push(Number(last))
    }
  }

  has(number: number): boolean {
    let low = 0
    let high = this.#firsts.length - 1
    while (low <= high) {
      const middle = (low + high) >> 1
      if (number < (this.#firsts[middle] ?? 0)) high = middle - 1
      else if (number > (this.#lasts[middle] ?? 0)) low = middle + 1
      else return true
    }
    return false
  }

  get size(): number {
    return this.#firsts.reduce((size, first, index) => size + (this.#lasts[index] ?? first) - first + 1, 0)
  }
}
