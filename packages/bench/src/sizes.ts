/**
 * Sizes in which Broadside works unless told otherwise. The bare loops use the same ones, so that a ratio shows what stands in
 * between and not the size of a transaction.
 */

/** `batchSize` of `job.ingest`: people of one transaction. */
export const INGEST_BATCH = 750

/** `tuning.maxClaim`: items of one lease, and of one settle. */
export const CLAIM_BATCH = 1_000

/** People taken in and sent to before the clock starts, so that compiled code is measured and not its compilation. */
export const WARM_UP = 2_000
