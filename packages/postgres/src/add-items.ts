import { type AddItemsParams, type AddItemsResult, type WaveDue, waveOfSeq } from '@broadside/core'
import { type IdentityHash, identityHash } from './identity-hash.js'
import { addIngestErrors } from './ingest-errors.js'
import { insertItems } from './insert-items.js'
import { applyChange, JobChange } from './job-change.js'
import { type JobRow, lockJob, requireJob } from './job-row.js'
import { callOnce } from './once.js'
import { type WaveEnds, waveEnds } from './places.js'
import { type Growth, giveInstants, growRanges } from './ranges.js'
import type { Session } from './session.js'

export interface AddItemsOptions {
  readonly hash?: IdentityHash | undefined
}

export async function addItems(
  session: Session,
  params: AddItemsParams,
  { hash = identityHash }: AddItemsOptions = {},
): Promise<AddItemsResult> {
  const { answer, replayed } = await callOnce(session, {
    once: params.once,
    call: () => ingest(session, params, hash),
    isDone: ({ refused }) => refused === undefined,
  })
  return replayed ? { ...answer, replayed } : answer
}

async function ingest(session: Session, params: AddItemsParams, hash: IdentityHash): Promise<AddItemsResult> {
  const { jobId, items, into = ['created'], waves = [], rejected = {}, duplicateCode } = params
  const job = requireJob(await lockJob(session, jobId), jobId)
  if (!into.includes(job.status)) return { added: 0, duplicates: [], refused: job.status }
  const ends = await waveEnds(session, job, items)
  const { seqs, duplicates } = await insertItems(session, { job, items, ends, hash })
  await addIngestErrors(session, job.key, [...Object.entries(rejected), [duplicateCode, duplicates.length]])
  const growths = growthsBy(seqs, { ends, waves })
  // A job that takes items in keeps its status: there is no instant of a change to keep.
  await applyChange(session, changeBy(job, { growths, waves }), { now: 0 })
  return { added: seqs.length, duplicates }
}

interface GrowthParams {
  readonly ends: WaveEnds
  readonly waves: readonly WaveDue[]
}

/** What becomes of each wave by items with these `seq`s, which ascend. */
function growthsBy(seqs: readonly number[], { ends, waves }: GrowthParams): readonly Growth[] {
  const dues = new Map(waves.map((due) => [due.wave, due]))
  return [...byWave(seqs)].map(([wave, [firstSeq = -1, ...others]]) => {
    const end = ends.get(wave)
    const from = end?.isUnclaimed ? end.nextSeq - 1 : undefined
    const lastSeq = others.at(-1) ?? firstSeq
    return { wave, firstSeq, lastSeq, added: others.length + 1, from, due: dues.get(wave) }
  })
}

function byWave(seqs: readonly number[]): ReadonlyMap<number, readonly number[]> {
  const waves = new Map<number, number[]>()
  for (const seq of seqs) {
    const wave = waveOfSeq(seq)
    const others = waves.get(wave)
    if (others) others.push(seq)
    else waves.set(wave, [seq])
  }
  return waves
}

interface ChangeParams {
  readonly growths: readonly Growth[]
  readonly waves: readonly WaveDue[]
}

function changeBy(job: JobRow, { growths, waves }: ChangeParams): JobChange {
  const change = new JobChange(job)
  const added = growths.reduce((sum, growth) => sum + growth.added, 0)
  change.counters.received += added
  change.counters.pending += added
  const [plain] = growths.filter(({ wave }) => wave === 0)
  if (plain) change.nextSeq = plain.lastSeq + 1
  // One statement writes a row once: a wave that grows is given its instant with that.
  const others = waves.filter(({ wave }) => !growths.some((growth) => growth.wave === wave))
  change.also(...growRanges(job.key, growths), ...giveInstants(job.key, others))
  return change
}
