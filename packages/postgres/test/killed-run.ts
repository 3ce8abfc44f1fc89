import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Broadside,
  createBroadside,
  isBroadsideError,
  type Sending,
  type SendingInfo,
  type SendingStatus,
} from '@broadside/core'
import { expect, vi } from 'vitest'
import { Chance } from '../../storage-testkit/src/processes/chance.js'
import { postgresStorage } from '../src/index.js'
import { type TestDatabase, workerProgram } from './database.js'
import { sendingAudiences } from './sending-audiences.js'
import { SendingCrew } from './sending-crew.js'
import { sendingInputs } from './sending-inputs.js'
import { readSendingLedger, SendingLedger } from './sending-ledger.js'
import type { ProcessEnd } from './sending-process.js'
import { type SentSending, sentSending } from './sent-sending.js'

const CREW_SIZE = 3
/** How many processes are killed, from when any sending, or the one of that name, has come so far. */
const KILLS: readonly KillPhase[] = [
  { from: 'preparing', kills: 5 },
  { from: 'transmitting', kills: 5 },
  { from: 'transmitting', of: 'prescheduled', kills: 4 },
]
/** From one to the next. */
const KILL_PAUSE_MS = { shortest: 200, longest: 400 } as const
/** How long it may take to come to a status. */
const PATIENCE_MS = 30_000
/** How long it may take to come to the end when nobody is killed any more. */
const LIMIT_MS = 90_000

export interface KilledRun {
  readonly sendings: readonly SentSending[]
  readonly killed: readonly ProcessEnd[]
  readonly dismissed: readonly ProcessEnd[]
  /** When the last was killed, in ms since the epoch, and how the sendings stood right after that. */
  readonly lastKillAt: number
  readonly statusesThen: readonly SendingStatus[]
}

export interface KilledRunParams {
  readonly database: TestDatabase
  readonly ledgerPath: string
  readonly seed: number
}

/** Sendings that are prepared and sent by processes of which one after the other is killed; in the end they are left alone. */
export async function killedRun({ database, ledgerPath, seed }: KilledRunParams): Promise<KilledRun> {
  const schema = database.newSchema()
  const program = await workerProgram('sendings', database.url, schema, ledgerPath)
  const writer = await openWriter(database.url, schema)
  new SendingLedger(ledgerPath).listenTo(writer)
  const crew = new SendingCrew(program, CREW_SIZE)
  try {
    await crew.ready()
    const sendings = await Promise.all(sendingInputs(Date.now()).map((input) => writer.sendings.create(input)))
    const chance = new Chance(seed)
    for (const phase of KILLS) await kill(phase, { crew, writer, chance })
    const lastKillAt = Date.now()
    const statusesThen = (await listed(writer)).map(({ status }) => status)
    await Promise.all(sendings.map(untilFinished))
    const killed = await crew.killed()
    const dismissed = await crew.dismiss()
    const lines = readSendingLedger(ledgerPath)
    const sent = await Promise.all(sendings.map((sending) => sentSending(sending, lines)))
    return { sendings: sent, killed, dismissed, lastKillAt, statusesThen }
  } finally {
    await crew.destroy()
    await writer.close()
  }
}

function openWriter(url: string, schema: string): Promise<Broadside> {
  const storage = postgresStorage(url, { schema, poolSize: 4 })
  return createBroadside({ storage, audienceSource: sendingAudiences, dispatch: false })
}

interface KillPhase {
  readonly from: SendingStatus
  readonly of?: string
  readonly kills: number
}

interface KillParams {
  readonly crew: SendingCrew
  readonly writer: Broadside
  readonly chance: Chance
}

async function kill({ from, of, kills }: KillPhase, { crew, writer, chance }: KillParams): Promise<void> {
  const { shortest, longest } = KILL_PAUSE_MS
  const isSo = ({ name, status }: SendingInfo) => status === from && (of === undefined || of === name)
  const begun = async () => expect((await listed(writer)).some(isSo)).toBe(true)
  await vi.waitFor(begun, { timeout: PATIENCE_MS, interval: 20 })
  for (let killed = 0; killed < kills; killed += 1) {
    await sleep(shortest + chance.below(longest - shortest + 1))
    await crew.killOne(chance)
  }
}

async function listed({ sendings }: Broadside): Promise<readonly SendingInfo[]> {
  return (await sendings.list()).sendings
}

/** Until it has ended; or for as long as it may take. How it stands then is for the tests to say. */
async function untilFinished(sending: Sending): Promise<void> {
  try {
    await sending.finished({ signal: AbortSignal.timeout(LIMIT_MS) })
  } catch (error) {
    if (!isBroadsideError(error, 'ABORTED')) throw error
  }
}
