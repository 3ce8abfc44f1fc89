import type { ClaimSource } from '@broadside/core'
import type { ModelItem } from './model-item.js'
import type { ModelJob } from './model-job.js'

/** Where of a job a claim takes items from. */
export interface ClaimPlace {
  readonly source: ClaimSource
  readonly wave: number
}

/** The retries of a job, then its waves. */
export function claimPlaces(job: ModelJob): readonly ClaimPlace[] {
  const waves = [...new Set(job.items.map(({ wave }) => wave))].sort((a, b) => a - b)
  return [{ source: 'retries', wave: 0 }, ...waves.map((wave) => ({ source: 'range' as const, wave }))]
}

/** The items that a claim finds there, once they can be claimed. Retries are of all waves. */
export function itemsAt(job: ModelJob, { source, wave }: ClaimPlace): readonly ModelItem[] {
  return job.items.filter((item) => item.source === source && (source === 'retries' || item.wave === wave))
}
