/** What a storage has had its database do: totals that only grow. */
export interface Work {
  /** Statements, or whatever else is one round trip: begin and commit count. */
  readonly statements: number
  /** Rows that the database went through to answer, wanted or not; where it does not tell, those that it returned. */
  readonly rowsRead: number
  /** Rows that were inserted, changed or deleted. */
  readonly rowsWritten: number
  /** How often the counters of a job were written. */
  readonly counterUpdates: number
}

export const NO_WORK: Work = { statements: 0, rowsRead: 0, rowsWritten: 0, counterUpdates: 0 }

export type WorkKind = keyof Work

export const WORK_KINDS = Object.keys(NO_WORK) as readonly WorkKind[]

/** The work that has been done between two looks. */
export function workBetween(before: Work, after: Work): Work {
  return workOf((kind) => after[kind] - before[kind])
}

export function addedWork(work: Work, more: Partial<Work>): Work {
  return workOf((kind) => work[kind] + (more[kind] ?? 0))
}

function workOf(count: (kind: WorkKind) => number): Work {
  return { ...NO_WORK, ...Object.fromEntries(WORK_KINDS.map((kind) => [kind, count(kind)])) }
}
