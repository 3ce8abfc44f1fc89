import type { Measured } from '../result.js'
import type { System } from '../systems/system.js'
import type { Task } from '../task.js'

/** A process' talk with the one that started it. */
export interface Parent {
  /** Says that everything is prepared, and waits to be told to go on. */
  ready(): Promise<void>
}

/** The part of a work that happens in the process of the system that is measured. */
export type Step = (system: System, task: Task, parent: Parent) => Promise<Measured>

/** Of a step that measures nothing. */
export const NOTHING_MEASURED: Measured = { itemsPerSecond: null, rssMb: null, figures: {} }
