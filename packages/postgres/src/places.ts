import { type NewItem, seqInWave } from '@broadside/core'
import { booleanFrom, type Column, numberFrom } from './column-value.js'
import type { JobRow } from './job-row.js'
import type { Session, Sql } from './session.js'

/** Where the items of a wave end, and others are added. */
export interface WaveEnd {
  /** The lowest `seq` behind them. */
  readonly nextSeq: number
  /** The last of them lies in what nobody has claimed of the wave yet. */
  readonly isUnclaimed: boolean
}

export type WaveEnds = ReadonlyMap<number, WaveEnd>

/** Where each wave ends that items go to. Of a job that was never run and its wave 0, the job's row knows it. */
export async function waveEnds(session: Session, job: JobRow, items: readonly NewItem[]): Promise<WaveEnds> {
  const waves = [...new Set(items.map(({ wave = 0 }) => wave))]
  if (job.status === 'created' && waves.every((wave) => wave === 0)) {
    return new Map([[0, { nextSeq: job.nextSeq, isUnclaimed: job.nextSeq > 0 }]])
  }
  const firsts = waves.map((wave) => seqInWave(wave, 0))
  const beyond = waves.map((wave) => seqInWave(wave + 1, 0))
  const rows = await session.rows<EndColumns>(ENDS, job.key, waves, firsts, beyond)
  return new Map(rows.map((row) => [Number(row[0]), endFrom(row)]))
}

/** The `seq` of each item of a call, by its index: consecutive within its wave. Those left out get none. */
export function allotSeqs(items: readonly NewItem[], ends: WaveEnds, leftOut?: ReadonlySet<number>): readonly number[] {
  const next = new Map([...ends].map(([wave, { nextSeq }]) => [wave, nextSeq]))
  return items.map(({ wave = 0 }, index) => {
    if (leftOut?.has(index)) return Number.NaN
    const seq = next.get(wave) ?? seqInWave(wave, 0)
    next.set(wave, seq + 1)
    return seq
  })
}

type EndColumns = [wave: string, lastSeq: Column, isUnclaimed: Column]

function endFrom([wave, last, isUnclaimed]: EndColumns): WaveEnd {
  const lastSeq = numberFrom(last)
  return {
    nextSeq: lastSeq === undefined ? seqInWave(Number(wave), 0) : lastSeq + 1,
    isUnclaimed: booleanFrom(isUnclaimed),
  }
}

const ENDS: Sql = (s) => `
  select wave, last_seq, (
    select true from ${s}.ranges
    where job = $1 and ranges.wave = wave_end.wave and ranges.last_seq = wave_end.last_seq and last_token is null
  )
  from (
    select wave, (
      select seq from ${s}.items where job = $1 and seq >= first_seq and seq < beyond order by seq desc limit 1
    ) as last_seq
    from unnest($2::integer[], $3::bigint[], $4::bigint[]) as wanted (wave, first_seq, beyond)
  ) as wave_end`
