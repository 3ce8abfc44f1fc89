import assert from 'node:assert/strict'
import type { Storage } from '@broadside/core'
import type { Harness } from '../harness.js'
import { Meter } from './meter.js'
import { WORK_KINDS, type Work, type WorkKind } from './work.js'

/** Quick, and enough to tell ten times as much from the same. */
const SIZES = { few: 1_000, many: 10_000 }
const FULL_SIZES = { few: 10_000, many: 200_000 }

/** How many items have been settled in the jobs that are compared. `CONFORMANCE_WORK=full` in the environment makes them large. */
function sizes(): typeof SIZES {
  return process.env.CONFORMANCE_WORK === 'full' ? FULL_SIZES : SIZES
}

/** Makes the calls to be measured, on a job of which `finished` items have been settled. */
export type MeasuredCalls = (storage: Storage, meter: Meter, finished: number) => Promise<void>

/** Makes the same calls on a job of which few items have been settled and on one of which many have, each in a storage of its own. */
export async function compareWork(harness: Harness, calls: MeasuredCalls): Promise<Comparison> {
  const { few, many } = sizes()
  return new Comparison({ few: await measure(harness, calls, few), many: await measure(harness, calls, many) })
}

async function measure(harness: Harness, calls: MeasuredCalls, finished: number): Promise<Measured> {
  const storage = await harness.open()
  const meter = new Meter(() => {
    assert.ok(harness.work, 'the harness counts work')
    return harness.work(storage)
  })
  try {
    await calls(storage, meter, finished)
  } finally {
    await storage.close()
  }
  return { finished, meter }
}

interface Measured {
  readonly finished: number
  readonly meter: Meter
}

interface ComparisonParams {
  readonly few: Measured
  readonly many: Measured
}

/** Room for what a database does by the way: a page that is split, a dead entry that is met for the last time. */
const SLACK = { statements: 5, rowsRead: 50, rowsWritten: 5, counterUpdates: 0 } satisfies Work
const GROWTH = 1.5
const WORDS: Readonly<Record<WorkKind, string>> = {
  statements: 'statements',
  rowsRead: 'rows read',
  rowsWritten: 'rows written',
  counterUpdates: 'updates of counters',
}

/** What the calls took, here and there. */
export class Comparison {
  readonly #few: Measured
  readonly #many: Measured

  constructor({ few, many }: ComparisonParams) {
    this.#few = few
    this.#many = many
  }

  /** What a call took where many items had been settled. */
  of(name: string): Work {
    return this.#many.meter.of(name)
  }

  /** Checks that none of the calls costs more where more items have been settled. */
  assertSteady(): void {
    for (const name of this.#many.meter.names) {
      const [before, after] = [this.#few.meter.of(name), this.of(name)]
      const grown = WORK_KINDS.filter((kind) => after[kind] > before[kind] * GROWTH + SLACK[kind])
      assert.deepEqual(
        grown,
        [],
        `${name} takes ${inWords(before, grown)} where ${this.#few.finished} items have been settled, and ${inWords(after, grown)} where ` +
          `${this.#many.finished} have: what a call costs must follow the items of the call, not those of the job`,
      )
    }
  }

  /** Checks that a call costs no more than this. */
  assertWithin(name: string, limits: Partial<Work>): void {
    const work = this.of(name)
    const passed = WORK_KINDS.filter((kind) => work[kind] > (limits[kind] ?? Number.POSITIVE_INFINITY))
    const most = inWords({ ...work, ...limits }, passed)
    assert.deepEqual(passed, [], `${name} takes ${inWords(work, passed)}, which must be at most ${most}`)
  }
}

function inWords(work: Work, kinds: readonly WorkKind[]): string {
  return kinds.map((kind) => `${work[kind]} ${WORDS[kind]}`).join(' and ')
}
