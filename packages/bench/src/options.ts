import { parseArgs } from 'node:util'
import { FULL, ITEM_WORKS, type ItemWork, OTHER_WORKS, type OtherWork, type Plan, SHORT, TINY } from './plan.js'
import { FAMILIES, type Family } from './systems/systems.js'

export interface Options {
  readonly plan: Plan
  /** Where to write everything as JSON. */
  readonly json: string | undefined
  /** Where the bench may write what it measures. */
  readonly directory: string | undefined
  readonly help: boolean
}

export const HELP = `Measures Broadside beside its peers and beside the bare database, in one run and in turns.

  npm run bench                    the short version: under five minutes on two cores
  npm run bench -- --full          all of it: up to a million items; an hour and a half on two cores
  npm run bench -- --json FILE     also writes every sample and the medians
  npm run bench -- --only LIST     only these, by commas:
                                     works:     ${[...ITEM_WORKS, ...OTHER_WORKS].join(', ')}
                                     databases: ${FAMILIES.join(', ')}
  npm run bench -- --items N       at this size instead of the plan's
  npm run bench -- --rounds N      so many rounds instead of the plan's
  npm run bench -- --dir DIR       writes there; it has to be on a disk
  npm run bench -- --tiny          a few hundred items: shows that the bench works, and nothing else

BENCH_NODE_OPTIONS is passed to every process that is measured, such as --cpu-prof. REDIS_URL names a server for BullMQ.
`

/** @throws when an argument is none of ours. */
export function optionsOf(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      full: { type: 'boolean', default: false },
      tiny: { type: 'boolean', default: false },
      json: { type: 'string' },
      only: { type: 'string' },
      items: { type: 'string' },
      rounds: { type: 'string' },
      dir: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const plan = values.full ? FULL : values.tiny ? TINY : SHORT
  const changes = { items: numberOf('items', values.items), rounds: numberOf('rounds', values.rounds) }
  return {
    plan: resized(narrowed(plan, values.only), changes),
    json: values.json,
    directory: values.dir,
    help: values.help,
  }
}

function numberOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  throw new Error(`--${name} takes a whole number, not ${text}`)
}

/** The plan with only what was asked for; naming no work means all of them, and naming no database means all of those. */
function narrowed(plan: Plan, only: string | undefined): Plan {
  if (only === undefined) return plan
  const wanted = only.split(',').map((word) => word.trim())
  const known: readonly string[] = [...ITEM_WORKS, ...OTHER_WORKS, ...FAMILIES]
  const unknown = wanted.find((word) => !known.includes(word))
  if (unknown !== undefined) throw new Error(`--only knows ${known.join(', ')}, and not ${unknown}`)
  const families = FAMILIES.filter((family) => wanted.includes(family))
  const works = wanted.filter((word) => !FAMILIES.some((family) => family === word))
  const isWanted = (work: ItemWork | OtherWork): boolean => works.length === 0 || works.includes(work)
  const isIn = (family: Family): boolean => families.length === 0 || families.includes(family)
  const sizesOf = (family: Family) =>
    isIn(family) ? plan.sizes[family].map((size) => ({ ...size, works: size.works.filter(isWanted) })) : []
  const asked = works.length > 0 ? OTHER_WORKS.filter(isWanted) : families.length > 0 ? [] : plan.otherWorks
  return {
    ...plan,
    sizes: { sqlite: sizesOf('sqlite'), postgres: sizesOf('postgres'), memory: sizesOf('memory') },
    otherWorks: asked,
    preschedule: { ...plan.preschedule, families: FAMILIES.filter(isIn) },
  }
}

function resized(plan: Plan, { items, rounds }: { items: number | undefined; rounds: number | undefined }): Plan {
  const sizesOf = (family: Family) => {
    const [first, ...others] = plan.sizes[family]
    const sizes = items !== undefined && first ? [{ ...first, n: items }] : [first, ...others].filter((size) => !!size)
    return sizes.map((size) => ({ ...size, rounds: rounds ?? size.rounds }))
  }
  const { preschedule } = plan
  return {
    ...plan,
    sizes: { sqlite: sizesOf('sqlite'), postgres: sizesOf('postgres'), memory: sizesOf('memory') },
    preschedule: { ...preschedule, n: items ?? preschedule.n, rounds: rounds ?? preschedule.rounds },
  }
}
