import { type ItemState, type JobStatus, jobAfterChange, standingOf } from '@broadside/core'
import type { JobRow } from './job-row.js'
import { KEYS } from './keys.js'
import type { Tx } from './tx.js'

/** How many items carry a code. */
export interface CodeCount {
  readonly settled: number
  readonly open: number
}

/** One change of a job: counts what each item reads as before and after, and lets core say what becomes of the job. */
export class JobChange {
  readonly job: JobRow
  readonly #codes = new Map<string, CodeCount>()

  constructor(job: JobRow) {
    this.job = job
  }

  /** Counts `number` items out as what they were and in as what they are. */
  move(from: ItemState | undefined, to: ItemState | undefined, number = 1): void {
    if (from) this.#count(from, -number)
    if (to) this.#count(to, number)
  }

  #count(item: ItemState, number: number): void {
    const { status, code } = standingOf(this.job, item)
    this.job.counters[status] += number
    if (code === undefined) return
    const { settled, open } = this.#codes.get(code) ?? { settled: 0, open: 0 }
    this.#codes.set(code, status === 'pending' ? { settled, open: open + number } : { settled: settled + number, open })
  }

  /** Writes the job, moved to status `to` if that is given; true when this call has completed it. */
  async write(tx: Tx, now: number, to?: JobStatus): Promise<boolean> {
    const { job } = this
    const { status, finishedAt, completed } = jobAfterChange({ ...job, to, pending: job.counters.pending, now })
    if (status === 'processing' && job.status !== status) tx.put(KEYS.processingJob(job.key), 1)
    if (status !== 'processing' && job.status === 'processing') tx.del(KEYS.processingJob(job.key))
    tx.put(KEYS.row(job.key), Object.assign(job, { status, finishedAt }))
    await this.#writeCodes(tx)
    return completed
  }

  async #writeCodes(tx: Tx): Promise<void> {
    for (const [code, change] of this.#codes) {
      const key = KEYS.code(this.job.key, code)
      const { settled, open } = (await tx.get<CodeCount>(key)) ?? { settled: 0, open: 0 }
      tx.put(key, { settled: settled + change.settled, open: open + change.open })
    }
  }
}
