import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ItemRecord, JobRecord, Storage } from '@broadside/core'
import { assertConsistent } from '../fixtures/assert-consistent.js'
import { jobOf, runningJob } from '../fixtures/jobs.js'
import { allItems } from '../fixtures/pages.js'
import type { Harness } from '../harness.js'
import { type LedgerCall, readLedger } from './ledger.js'
import { WorkerProcess } from './worker-process.js'

const WORKERS = ['anna', 'bert', 'cleo', 'dora']
const ITEMS = 240
/** Short, so that some run out by themselves. */
const LEASE_MS = 150
const LIMIT_MS = 50_000

/** What several processes did with one job, and what is left of it. */
export interface WorkersRun {
  readonly job: JobRecord
  readonly items: readonly ItemRecord[]
  /** The calls of all workers, in the order in which they began. */
  readonly calls: readonly LedgerCall[]
  readonly killed: readonly string[]
}

export interface RunWorkersParams {
  readonly harness: Harness
  /** How many of the workers are killed in the middle of their work. */
  readonly kills: number
}

/** Lets several processes work on one job until it has ended. Rejects if one of them fails. */
export async function runWorkers({ harness, kills }: RunWorkersParams): Promise<WorkersRun> {
  const storage = await harness.open()
  const directory = mkdtempSync(join(tmpdir(), 'broadside-workers-'))
  try {
    const jobId = await runningJob(storage, { items: ITEMS })
    const team = await startTeam(harness, storage)
    const ledgerPath = (name: string) => join(directory, name)
    const killed = await finishJob(team, { jobId, kills, ledgerPath })
    await assertConsistent(storage)
    return {
      job: await jobOf(storage, jobId),
      items: await allItems(storage, { jobId }),
      calls: WORKERS.flatMap((name) => readLedger(ledgerPath(name), name)).sort((a, b) => a.from - b.from),
      killed,
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
    await storage.close()
  }
}

type Team = ReadonlyMap<string, WorkerProcess>

async function startTeam(harness: Harness, storage: Storage): Promise<Team> {
  const program = await harness.fork?.(storage)
  assert.ok(program, 'the harness forks workers')
  const team = new Map(WORKERS.map((name) => [name, new WorkerProcess(program)]))
  try {
    await Promise.all([...team.values()].map((worker) => worker.ready()))
  } catch (error) {
    killAll(team)
    throw error
  }
  return team
}

interface FinishParams {
  readonly jobId: string
  readonly kills: number
  readonly ledgerPath: (name: string) => string
}

/** Returns the names of those that were killed. */
async function finishJob(team: Team, { jobId, kills, ledgerPath }: FinishParams): Promise<readonly string[]> {
  const limit = setTimeout(() => killAll(team), LIMIT_MS)
  try {
    for (const [index, [name, worker]] of [...team].entries()) {
      worker.work({ name, jobId, ledgerPath: ledgerPath(name), seed: index + 1, leaseMs: LEASE_MS })
    }
    const victims = [...team].slice(0, kills)
    await Promise.all(victims.map(([, worker], index) => killAfter(worker, 3 * (index + 1))))
    await assertEnds(team, new Set(victims.map(([name]) => name)))
    return victims.map(([name]) => name)
  } finally {
    clearTimeout(limit)
    killAll(team)
  }
}

async function killAfter(worker: WorkerProcess, claims: number): Promise<void> {
  await worker.claims(claims)
  worker.kill()
}

async function assertEnds(team: Team, victims: ReadonlySet<string>): Promise<void> {
  for (const [name, { ended }] of team) {
    const { exitCode, signal, errors } = await ended
    if (victims.has(name))
      assert.equal(signal, 'SIGKILL', `worker ${name} is killed in the middle of its work: ${errors}`)
    else assert.equal(exitCode, 0, `worker ${name} comes to its end within ${LIMIT_MS} ms: ${signal ?? errors}`)
  }
}

/** Those that have ended don't mind. */
function killAll(team: Team): void {
  for (const worker of team.values()) worker.kill()
}
