/**
 * Work on a connection that may be cut: each `yield` is a point at which the event loop may be given a turn. What runs
 * it decides: on a connection of our own between turns, inside a host's transaction all at once.
 */
export type Steps<T> = Generator<void, T, void>

/** How many rows work goes through between two points at which it may be cut: well under a millisecond's worth. */
const ROWS_PER_STEP = 64

/** Work too short to be cut. */
// biome-ignore lint/correctness/useYield: a single step has no point at which it may be cut
export function* inOneStep<T>(work: () => T): Steps<T> {
  return work()
}

/** Runs work to its end, at once. */
export function runAtOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

/** Goes over `entries`, with points at which the work may be cut. */
export function* forEachInSteps<Entry>(
  entries: readonly Entry[],
  visit: (entry: Entry, index: number) => void,
): Steps<void> {
  for (const [index, entry] of entries.entries()) {
    visit(entry, index)
    if (index % ROWS_PER_STEP === ROWS_PER_STEP - 1) yield
  }
}
