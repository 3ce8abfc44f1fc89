import { parseArgs } from 'node:util'
import { FAMILIES } from './families.js'

export const USAGE = `npm run conformance -- [options]

Holds every storage adapter of this repository to the contract: the cases of the kit, random runs compared with its model,
and the kit's mutants in front of one adapter. Progress goes to stderr, the table to stdout.

  --only NAME         an adapter: ${FAMILIES.map(({ name }) => name).join(', ')}, or one of its variants,
                      such as "sqlite a shared file"; may be given several times
  --mutants-on NAME   the adapter that mutants are put in front of; may be given several times: each gets the mutants that
                      those before it can't show. Default: memory, then "sqlite a file". "none" leaves them out
  --model-runs N      how many random runs for each adapter; 0 leaves them out
  --seed N            repeats the random runs of this seed
  --details           says of each mutant what killed it
  --json FILE         writes the reports to a file as well, as JSON
  --help              this

Postgres is the one that DATABASE_URL names, otherwise one that is started for the run.
Exit code: 0, 1 where something is broken or a mutant survived, 2 for options that make no sense, 130 after Ctrl-C.
`

export interface ConformanceOptions {
  readonly help: boolean
  readonly details: boolean
  /** Empty: all. */
  readonly only: readonly string[]
  readonly mutantsOn: readonly string[]
  readonly modelRuns?: number | undefined
  readonly seed?: number | undefined
  readonly json?: string | undefined
}

/** Reads the command line; throws an error for people where it makes no sense. */
export function readOptions(args: readonly string[]): ConformanceOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true, default: [] },
      'mutants-on': { type: 'string', multiple: true, default: ['memory', 'sqlite a file'] },
      'model-runs': { type: 'string' },
      seed: { type: 'string' },
      details: { type: 'boolean', default: false },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const mutantsOn = values['mutants-on'].filter((name) => name !== 'none')
  for (const name of [...values.only, ...mutantsOn]) requireFamily(name)
  return {
    help: values.help,
    details: values.details,
    only: values.only,
    mutantsOn,
    modelRuns: wholeNumber('--model-runs', values['model-runs']),
    seed: wholeNumber('--seed', values.seed),
    json: values.json,
  }
}

/** Whether `adapter`, a family or one of its variants, is meant by `name`. */
export function isMeantBy(adapter: string, name: string): boolean {
  return adapter === name || adapter.startsWith(`${name} `)
}

function requireFamily(name: string): void {
  const known = FAMILIES.map((family) => family.name)
  if (!known.some((family) => isMeantBy(name, family))) {
    throw new Error(`There is no adapter "${name}". There are: ${known.join(', ')}.`)
  }
}

function wholeNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(Number(text))) {
    throw new Error(`${option} takes a whole number, not "${text}".`)
  }
  return Number(text)
}
