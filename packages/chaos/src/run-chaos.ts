import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { DatabaseUnderTest } from './database/database-under-test.js'
import type { Plan } from './plan.js'
import { chance, seedOf } from './random.js'
import { ReceivingSide } from './receiver/receiving-side.js'
import { Crew } from './supervisor/crew.js'
import { gatherEvidence } from './supervisor/gather-evidence.js'
import { Journal } from './supervisor/journal.js'
import { Mischief } from './supervisor/mischief.js'
import { Overview, unfinished } from './supervisor/overview.js'
import { untilFinished, type Wait } from './supervisor/until-finished.js'
import type { Interruption } from './verdict/evidence.js'
import { type Verdict, verdictOf } from './verdict/verdict.js'

export interface ChaosParams {
  readonly plan: Plan
  readonly database: DatabaseUnderTest
  /** Where the evidence goes. */
  readonly directory: string
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

export interface ChaosResult {
  readonly verdict: Verdict
  readonly interruptions: readonly Interruption[]
  readonly seconds: number
}

/** When to stop doing harm at the latest, as a multiple of the time that the sending is to take. */
const HARM_FOR = 3
/** In peace, a run that does not get on for so long never will. */
const STUCK_MS = 90_000
const CLOSE_LIMIT_MS = 60_000

/** Sends everything while harm is done, and compares what arrived with what storage says. Leaves no process behind. */
export async function runChaos(params: ChaosParams): Promise<ChaosResult> {
  const { plan, database, directory, signal } = params
  const startedAt = Date.now()
  const say = (line: string) => params.say(`${Math.round((Date.now() - startedAt) / 1_000)} s: ${line}`)
  await mkdir(directory, { recursive: true })
  const receiver = new ReceivingSide(chance(seedOf(plan.seed, 'receiver')))
  const journal = new Journal(join(directory, 'interruptions.jsonl'), (one) => say(describe(one)))
  const { location } = database
  const receiverPort = await receiver.listen()
  const crew = new Crew({ plan, location, receiverPort, directory, journal })
  const progress = (): number => receiver.ledger.takenCount / plan.items
  const mischief = new Mischief({ plan, crew, database, journal, progress })
  signal.addEventListener('abort', () => void crew.destroy())
  try {
    const overview = await Overview.open(location)
    crew.start()
    mischief.start()
    const wait = { plan, overview, receiver, signal, say }
    await untilFinished({ ...wait, limitMs: plan.durationMs * HARM_FOR })
    await mischief.stop()
    signal.throwIfAborted()
    const left = await finishInPeace({ ...wait, crew })
    const evidence = await gatherEvidence({ plan, crew, overview, receiver, journal, directory })
    await overview.close()
    const verdict = verdictOf(evidence)
    const findings = [...left, ...crew.selfEnded].map((text) => ({ kind: 'promise', text }) as const)
    return {
      verdict: { ...verdict, findings: [...findings, ...verdict.findings] },
      interruptions: evidence.interruptions,
      seconds: (Date.now() - startedAt) / 1_000,
    }
  } finally {
    await mischief.stop().catch(() => undefined)
    await crew.destroy()
    await receiver.close()
  }
}

/** Nothing more is done to anybody. Everything is asked for once more, and has to come to its end. Resolves with what has not. */
async function finishInPeace({ crew, ...wait }: Wait & { readonly crew: Crew }): Promise<string[]> {
  const { plan, say, overview } = wait
  say('peace: every job is written once more, under its key')
  for (const writer of crew.writersAtWork) await crew.end(writer, (one) => one.kill())
  const end = await crew.writeOnceMore()
  const isDone = await untilFinished({ ...wait, stuckMs: STUCK_MS })
  const open = await crew.retireAll(CLOSE_LIMIT_MS)
  const left = isDone ? [] : unfinished(plan, (await overview.look()) ?? [])
  return [
    ...(end === '0' ? [] : [`the last writer ended with ${end}`]),
    ...open.map((boot) => `${boot} did not close within ${CLOSE_LIMIT_MS / 1_000} s`),
    ...left.map((line) => `it got no further for ${STUCK_MS / 1_000} s: ${line}`),
  ]
}

function describe(harm: Interruption): string {
  switch (harm.type) {
    case 'kill':
      return `killed ${harm.boot}`
    case 'freeze':
      return `froze ${harm.boot} for ${harm.until - harm.at} ms`
    case 'terminate':
      return `terminated ${harm.connections} connections of ${harm.boot}`
    case 'restart':
      return `restarted Postgres by ${harm.signal}, down for ${harm.until - harm.at} ms`
  }
}
