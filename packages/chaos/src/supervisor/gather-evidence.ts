import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseProcessLog } from '../evidence/process-log.js'
import type { Plan } from '../plan.js'
import type { ReceivingSide } from '../receiver/receiving-side.js'
import type { Evidence } from '../verdict/evidence.js'
import type { Crew } from './crew.js'
import type { Journal } from './journal.js'
import type { Overview } from './overview.js'

interface Sources {
  readonly plan: Plan
  readonly crew: Crew
  readonly overview: Overview
  readonly receiver: ReceivingSide
  readonly journal: Journal
  readonly directory: string
}

/** What all sides say, once nobody is at it any more. Also written to files, for whoever looks into a run that failed. */
export async function gatherEvidence({ plan, crew, directory, ...sources }: Sources): Promise<Evidence> {
  const logs = crew.boots.map(async (boot) => parseProcessLog(boot, await textOf(join(directory, `${boot}.jsonl`))))
  const evidence: Evidence = {
    plans: plan.jobs,
    jobs: await sources.overview.readAll(),
    handovers: sources.receiver.ledger.handovers,
    processes: await Promise.all(logs),
    interruptions: sources.journal.interruptions,
  }
  await keep(directory, evidence)
  return evidence
}

async function keep(directory: string, { plans, jobs, handovers }: Evidence): Promise<void> {
  await writeFile(join(directory, 'plans.json'), JSON.stringify(plans, undefined, 2))
  const lines = (list: readonly unknown[]): string => list.map((one) => `${JSON.stringify(one)}\n`).join('')
  await writeFile(join(directory, 'ledger.jsonl'), lines(handovers))
  await writeFile(join(directory, 'jobs.jsonl'), lines(jobs.map(({ items: _, ...job }) => job)))
  const items = jobs.flatMap(({ info, items: own }) => own.map((item) => ({ job: info.name, ...item })))
  await writeFile(join(directory, 'items.jsonl'), lines(items))
}

/** A process that was killed before it could open its log has none. */
async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '')
}
