// Draws the diagrams of docs/lifecycle.md from the tables of transitions; `--check` fails when they differ.
import { readFileSync, writeFileSync } from 'node:fs'
import { isTerminal, JOB_TRANSITIONS } from '../packages/core/src/domain/job-transitions.js'
import { isTerminalSending, SENDING_TRANSITIONS } from '../packages/core/src/domain/sending-transitions.js'
import type { TransitionTable } from '../packages/core/src/domain/transition-table.js'

const PAGE = 'docs/lifecycle.md'
const COMMAND = 'node_modules/.bin/tsx --tsconfig tsconfig.json scripts/lifecycle-diagram.ts'

interface Lifecycle<Status extends string, Event extends string> {
  readonly table: TransitionTable<Status, Event>
  /** Where it begins, and by what. */
  readonly starts: readonly (readonly [status: Status, event: string])[]
  readonly isTerminal: (status: Status) => boolean
}

/** One arrow for all events that lead from one status to another, in the table's order. */
function drawDiagram<Status extends string, Event extends string>({
  table,
  starts,
  isTerminal,
}: Lifecycle<Status, Event>): string {
  const statuses = Object.keys(table) as Status[]
  const lines = [
    ...starts.map(([status, event]) => `[*] --> ${status}: ${event}`),
    ...statuses.flatMap((from) =>
      [...eventsByTarget(table[from])].map(([to, events]) => `${from} --> ${to}: ${events.join(', ')}`),
    ),
    ...statuses.filter(isTerminal).map((status) => `${status} --> [*]`),
  ]
  return ['```mermaid', 'stateDiagram-v2', ...lines.map((line) => `  ${line}`), '```'].join('\n')
}

function eventsByTarget(row: { readonly [event: string]: unknown }): Map<string, string[]> {
  const events = new Map<string, string[]>()
  for (const [event, status] of Object.entries(row)) {
    const to = String(status)
    // What follows the colon says where an event leads, as the arrow does.
    events.set(to, [...(events.get(to) ?? []), event.replace(/:.*/, '')])
  }
  return events
}

function withDiagram(page: string, name: string, diagram: string): string {
  const place = new RegExp(`(<!-- diagram: ${name}[^>]* -->\\n)[\\s\\S]*?(<!-- end of diagram -->)`)
  if (!place.test(page)) throw new Error(`${PAGE} has no place for the diagram "${name}"`)
  return page.replace(place, (_, before, after) => `${before}\n${diagram}\n\n${after}`)
}

const job = drawDiagram({ table: JOB_TRANSITIONS, starts: [['created', 'create']], isTerminal })
const sending = drawDiagram({
  table: SENDING_TRANSITIONS,
  starts: [
    ['draft', 'create'],
    ['scheduled', 'create with a schedule'],
    ['pending', 'create, to go now'],
  ],
  isTerminal: isTerminalSending,
})

const page = readFileSync(PAGE, 'utf8')
const written = withDiagram(withDiagram(page, 'job', job), 'sending', sending)
if (written !== page && process.argv.includes('--check')) {
  process.stderr.write(`${PAGE} does not show the transitions as they are. Run: ${COMMAND}\n`)
  process.exit(1)
}
writeFileSync(PAGE, written)
