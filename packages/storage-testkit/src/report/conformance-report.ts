/** What `checkConformance` found: plain data, fit for JSON. */
export interface ConformanceReport {
  /** The adapter's, as it was given. */
  readonly name: string
  /** True when everything was run and nothing is broken: no guarantee, no run of the model, and no mutant survived. */
  readonly passed: boolean
  /** True when the check was stopped by its signal: what is left is `not run`. */
  readonly interrupted: boolean
  readonly cases: readonly CaseReport[]
  /** Absent when the check left the model out. */
  readonly model?: ModelReport | undefined
  /** Empty when the check was not asked for mutants. */
  readonly mutants: readonly MutantReport[]
  readonly tookMs: number
}

export interface CaseReport {
  /** `group/what-it-shows`. */
  readonly name: string
  readonly guarantee: string
  readonly result: 'held' | 'broken' | 'skipped' | 'not run'
  /** Why it was skipped. */
  readonly reason?: string | undefined
  /** How it showed that it is broken. */
  readonly failure?: Failure | undefined
  readonly tookMs: number
}

export interface ModelReport {
  readonly result: 'held' | 'broken' | 'not run'
  /** How many runs were asked for. */
  readonly numRuns: number
  /** With the seed, `modelCheck` repeats the runs; with the path as well, only the one that failed. */
  readonly seed: number
  readonly path?: string | undefined
  readonly failure?: Failure | undefined
  /** The calls of the failing run, in words, up to the one whose answer was wrong. */
  readonly happened: readonly string[]
  readonly tookMs: number
}

export interface MutantReport {
  /** What is wrong with it. */
  readonly name: string
  readonly result: 'killed' | 'survived' | 'skipped' | 'not run'
  /** What killed it: the name of a case, or `the model`. */
  readonly killedBy?: string | undefined
  /** What that said: what an author reads whose storage has this mistake. */
  readonly failure?: Failure | undefined
  /** Why it was skipped. */
  readonly reason?: string | undefined
}

/** How something broke. */
export interface Failure {
  /**
   * - `differs`: an answer is not what the contract says.
   * - `threw`: a call failed that should not have.
   * - `hung`: no answer came in time.
   * - `stray`: a promise of the adapter was rejected and nobody handled it.
   */
  readonly kind: 'differs' | 'threw' | 'hung' | 'stray'
  /** What was checked or thrown, in words; empty where `expected` and `seen` say all. */
  readonly message: string
  readonly expected?: string | undefined
  readonly seen?: string | undefined
  /** Where the two differ, field by field; where they have fields. */
  readonly difference?: string | undefined
  /** The statement of the kit that found it. */
  readonly code?: string | undefined
  /** The last calls of the case and what they answered: those that change something, and the very last. */
  readonly calls?: readonly string[] | undefined
  readonly stack?: string | undefined
}
