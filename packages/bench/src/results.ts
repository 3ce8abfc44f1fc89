import type { Measured, Missing, Result, ResultKey, Sample } from './result.js'
import { resultOf } from './stats.js'

/** Gathers samples as they come in. */
export class Results {
  readonly #samples = new Map<string, { readonly key: ResultKey; readonly samples: Sample[] }>()
  readonly #missing: (Missing & { readonly works: string[] })[] = []

  add(key: ResultKey, sample: Measured & { readonly round: number }): void {
    const name = JSON.stringify([key.work, key.system, key.variant, key.n, key.node])
    const known = this.#samples.get(name) ?? { key, samples: [] }
    known.samples.push(sample)
    this.#samples.set(name, known)
  }

  /** Takes down why something was not measured; the same reason once a system. */
  miss(missing: Missing): void {
    const known = this.#missing.find(({ system, reason }) => system === missing.system && reason === missing.reason)
    if (known === undefined) this.#missing.push({ ...missing, works: [...missing.works] })
    else for (const work of missing.works) if (!known.works.includes(work)) known.works.push(work)
  }

  get all(): readonly Result[] {
    return [...this.#samples.values()].map(({ key, samples }) => resultOf(key, samples))
  }

  get missing(): readonly Missing[] {
    return this.#missing
  }
}
