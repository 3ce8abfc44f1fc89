/**
 * When a wave of a job becomes due: items of one job that go out together. Waves are numbered from 0; a job without several due instants
 * has the wave 0 alone, due at once.
 *
 * The instant belongs to the items of the wave that nobody has claimed yet: giving it again moves all of them, to an earlier instant, a later one
 * or none. Where there are none such, it says nothing. What was claimed once and came back keeps to instants of its own.
 */
export interface WaveDue {
  readonly wave: number
  /** In ms since the epoch; `undefined`: not before a later call says when. */
  readonly dueAt: number | undefined
}

/** Waves of one job are numbered below this. */
export const MAX_WAVES = 2 ** 20

const SEQS_PER_WAVE = 2 ** 32

/**
 * The `seq` of the item at place `place` of a wave: so the items of a wave lie together, and waves follow each other. Places are counted from 0
 * in each wave, and ascend; gaps are allowed.
 */
export function seqInWave(wave: number, place: number): number {
  return wave * SEQS_PER_WAVE + place
}

/** The wave that an item belongs to. */
export function waveOfSeq(seq: number): number {
  return Math.floor(seq / SEQS_PER_WAVE)
}
