import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ChampionPicker, type ChannelProvider, createBroadside } from '@broadside/core'
import { postgresStorage } from '../src/index.js'
import { sendingAudiences } from './sending-audiences.js'
import { SendingLedger } from './sending-ledger.js'

/** Others wait so long for a process that was killed. */
const LEASE_MS = 2_000
/** From when a message has arrived until its provider says so. */
const ANSWER_MS = 5

/** A process whose engine sends what there is, until its parent lets go of it: it tells that when it is ready, and writes to the ledger what it does. */
export async function serveSendings([url = '', schema, ledgerPath = '']: readonly string[]): Promise<void> {
  const dismissed = once(process, 'disconnect')
  const ledger = new SendingLedger(ledgerPath)
  const broadside = await createBroadside({
    storage: postgresStorage(url, { schema, poolSize: 3 }),
    providers: [providerWith(ledger)],
    audienceSource: sendingAudiences,
    pickChampion: pickByProcess,
    tuning: { leaseMs: LEASE_MS, pollMs: 100, maxClaim: 200 },
  })
  ledger.listenTo(broadside)
  process.send?.('ready')
  await dismissed
  await broadside.close()
}

function providerWith(ledger: SendingLedger): ChannelProvider {
  return {
    channel: 'email',
    name: 'ledger',
    limits: { concurrency: 4 },
    send: async ({ sendingId = '', messageId, recipient, variants }) => {
      ledger.write({ type: 'arrival', sendingId, messageId, recipient, variant: variants?.at(0)?.variant })
      await sleep(ANSWER_MS)
      return { type: 'sent' }
    },
  }
}

/** Processes differ in what they pick: if two of them picked, it would show. */
const pickByProcess: ChampionPicker = ({ experiment: { variants } }) => variants[process.pid % variants.length]?.name
