/** A program that opens a storage and serves it: `serveWorker(…)` is all that it calls. */
export interface WorkerProgram {
  /** Its path: what `fork` of `node:child_process` takes. */
  readonly modulePath: string
  /** How it finds the data: the arguments that `serveWorker` hands on. */
  readonly args?: readonly string[] | undefined
  /** Options of node, such as `['--import', 'tsx']` for a program in TypeScript. */
  readonly execArgv?: readonly string[] | undefined
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>> | undefined
}
