/** How far a check has come: told when each thing begins, and once more at the end of each phase. */
export interface ConformanceProgress {
  readonly phase: 'cases' | 'model' | 'mutants'
  /** How many of the phase are done. */
  readonly done: number
  readonly total: number
  /** What runs now: a case, a run of the model, a mutant. Absent at the end of the phase. */
  readonly current?: string | undefined
  /** How many of the phase have turned out wrong so far: broken guarantees, mutants that survived. */
  readonly wrong: number
}
