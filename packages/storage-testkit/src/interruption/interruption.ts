/**
 * How a call of a storage is interrupted, between the adapter and its database.
 *
 * - `statement`: the `nth` statement from now on fails before it has run, as when a connection breaks or a disk is full.
 * - `commit-answer`: the `nth` commit from now on comes about, and the adapter gets an error for its answer.
 */
export interface Interruption {
  readonly of: 'statement' | 'commit-answer'
  /** From 1 on. */
  readonly nth: number
}
