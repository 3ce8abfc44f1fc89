export { type CheckConformanceParams, checkConformance } from './check/check-conformance.js'
export type { ModelSettings } from './check/check-model.js'
export type { ConformanceProgress } from './check/progress.js'
export type { ConformanceCase } from './conformance-case.js'
export { CONFORMANCE_CASES } from './conformance-cases.js'
export { type BrokenCase, firstBrokenCase } from './first-broken-case.js'
export type { Harness } from './harness.js'
export type { Interruption } from './interruption/interruption.js'
export { type ModelCheckParams, modelCheck } from './model/model-check.js'
export { breakHarness, type Mutant } from './mutants/mutant.js'
export { MUTANTS } from './mutants/mutants.js'
export type { LedgerCall } from './processes/ledger.js'
export { readLedger } from './processes/ledger.js'
export { serveWorker } from './processes/serve-worker.js'
export { type WorkerEnd, WorkerProcess } from './processes/worker-process.js'
export type { WorkerProgram } from './processes/worker-program.js'
export type { WorkerTask } from './processes/worker-task.js'
export { type RegisterConformanceParams, registerConformance, type TestFunction } from './register-conformance.js'
export type {
  CaseReport,
  ConformanceReport,
  Failure,
  ModelReport,
  MutantReport,
} from './report/conformance-report.js'
export { type FormatConformanceOptions, formatConformance } from './report/format-conformance.js'
export { type RunConformanceParams, runConformance } from './run-conformance.js'
export { type Passage, StatementTap } from './statement-tap.js'
export type { Work } from './work/work.js'
