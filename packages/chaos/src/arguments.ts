import { parseArgs } from 'node:util'
import type { StorageKind } from './plan.js'

export interface Arguments {
  readonly items: number
  readonly minutes: number
  readonly storages: readonly StorageKind[]
  readonly workers: number
  readonly seed: number | undefined
  /** Whether the evidence of a good run is kept too. */
  readonly keep: boolean
}

export const USAGE = `Usage: npm run chaos -- [options]

Sends items through real processes while those are killed (SIGKILL), frozen (SIGSTOP) and cut off, and Postgres is restarted; then
compares what arrived with what storage says. Ends with one JSON line for each storage on stdout; everything else is on stderr.
Exit code 1 if anything was lost, came twice without an explanation, or was counted wrongly.

  --items N          items that have to arrive, on each storage                    (default: 20000)
  --minutes M        how long the harm lasts, all storages together: the items are sent at the pace that takes so long,
                     or as fast as the machine can where that is slower            (default: 1.5)
  --storage KIND     sqlite or postgres; both, one after the other, where absent
  --workers K        worker processes at once, beside one that writes, 1 to 32     (default: 4)
  --seed S           whole number; the same one draws the same deeds               (default: drawn, and told)
  --keep             keep the evidence of a good run too
  --help

Without DATABASE_URL a Postgres server of its own is started. A server that DATABASE_URL names is not restarted: that part is left out.
On top of N come items that the receiving side refuses, and a job whose doubtful items are held (N / 20, at most 5000).
The evidence of a run that failed is kept in a directory that is named; that of a good one is removed.`

/** What was asked for can't be done. */
export class ArgumentError extends Error {
  override readonly name = 'ArgumentError'
}

const OPTIONS = {
  items: { type: 'string', default: '20000' },
  minutes: { type: 'string', default: '1.5' },
  storage: { type: 'string' },
  workers: { type: 'string', default: '4' },
  seed: { type: 'string' },
  keep: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

/** @throws ArgumentError that names the option and what is wrong with it. */
export function readArguments(args: readonly string[]): Arguments | 'help' {
  const given = parsed(args)
  if (given.help) return 'help'
  return {
    items: whole('--items', given.items, { from: 1, to: 10_000_000 }),
    minutes: minutes(given.minutes),
    storages: storages(given.storage),
    workers: whole('--workers', given.workers, { from: 1, to: 32 }),
    seed: given.seed === undefined ? undefined : whole('--seed', given.seed, { from: 0, to: 2 ** 32 - 1 }),
    keep: given.keep,
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values
  } catch (error) {
    throw new ArgumentError(`${error instanceof Error ? error.message : String(error)} (--help lists the options)`)
  }
}

function whole(option: string, text: string, { from, to }: { readonly from: number; readonly to: number }): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= from && number <= to) return number
  throw new ArgumentError(`${option}: ${JSON.stringify(text)} is no whole number from ${from} to ${to}`)
}

function minutes(text: string): number {
  const number = Number(text)
  if (/^\d+(\.\d+)?$/.test(text) && number > 0 && number <= 24 * 60) return number
  throw new ArgumentError(`--minutes: ${JSON.stringify(text)} is no number of minutes, such as 2 or 0.5`)
}

function storages(kind: string | undefined): readonly StorageKind[] {
  if (kind === undefined) return ['sqlite', 'postgres']
  if (kind === 'sqlite' || kind === 'postgres') return [kind]
  throw new ArgumentError(`--storage: ${JSON.stringify(kind)} is neither sqlite nor postgres`)
}
