/** Figures beyond the rate and the memory, by name: `longestBlockMs`, `delayP99Ms`, `cpuMicrosPerItem`, `ms`, … */
export type Figures = Readonly<Record<string, number>>

/** What one process measured. */
export interface Measured {
  readonly itemsPerSecond: number | null
  /** The most that the process had in memory at once, in MB (of 10^6 bytes). */
  readonly rssMb: number | null
  readonly figures: Figures
}

/** A measurement, and in which round it was taken: ratios are of the same round. */
export interface Sample extends Measured {
  readonly round: number
}

/** What tells results apart. */
export interface ResultKey {
  readonly work: string
  readonly system: string
  readonly variant: string
  readonly n: number
  /** The version of Node that it ran on. */
  readonly node: string
}

/** Medians over the rounds, and the samples they are of. */
export interface Result extends ResultKey, Measured {
  readonly samples: readonly Sample[]
}

/** Something that was not measured, and why. */
export interface Missing {
  readonly system: string
  readonly works: readonly string[]
  readonly reason: string
}
