import type { JobState } from './job-state.js'

type Place = Pick<JobState, 'createdAt' | 'id'>

/** Jobs from oldest to newest: by `createdAt`, then by `id`. A new job nearly always goes to the end. */
export class JobOrder {
  readonly #jobs: JobState[] = []

  add(job: JobState): void {
    this.#jobs.splice(this.#countBefore(job), 0, job)
  }

  remove(job: JobState): void {
    this.#jobs.splice(this.#countBefore(job), 1)
  }

  /** Newest first, from the first job older than `after`. */
  *newestFirst(after: Place | undefined): Generator<JobState> {
    for (let at = (after ? this.#countBefore(after) : this.#jobs.length) - 1; at >= 0; at -= 1) {
      const job = this.#jobs[at]
      if (job) yield job
    }
  }

  #countBefore(place: Place): number {
    let low = 0
    let high = this.#jobs.length
    const last = this.#jobs[high - 1]
    if (last && isOlder(last, place)) return high
    while (low < high) {
      const middle = (low + high) >> 1
      const job = this.#jobs[middle]
      if (job && isOlder(job, place)) low = middle + 1
      else high = middle
    }
    return low
  }
}

function isOlder(a: Place, b: Place): boolean {
  return a.createdAt < b.createdAt || (a.createdAt === b.createdAt && a.id < b.id)
}
