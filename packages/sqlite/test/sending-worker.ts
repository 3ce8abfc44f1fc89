import { openSync, writeSync } from 'node:fs'
import { type Broadside, createBroadside, type Member, type Sending } from '@broadside/core'
import { sqliteStorage } from '../src/index.js'

export const MEMBERS = 20_000
const MAX_CLAIM = 250
/** What one process can have in flight: of a job it has two leases at once. */
export const WINDOW = 2 * MAX_CLAIM
/** Others wait so long for a process that was killed. */
const LEASE_MS = 300
const TOLD_EACH = 100
const STATUSES = ['pending', 'preparing', 'prepared', 'transmitting', 'transmitted', 'skipped', 'failed'] as const

/** What a process tells of its progress: members that were read and messages that were handed over, by this process. */
export interface SendingNews {
  readonly read: number
  readonly sent: number
}

/**
 * A process that has one sending on a file, and ends when it is transmitted. The ledger gets a line for each message that is handed over, `sent <messageId>
 * <address>`, before it counts as sent, and one for each status that the sending comes to, `status <status>`.
 */
export async function runSending([file = '', ledgerPath = '']: readonly string[]): Promise<void> {
  const ledger = openSync(ledgerPath, 'a')
  const write = (line: string): void => void writeSync(ledger, `${line}\n`)
  const news = new Progress()
  const broadside = await createBroadside({
    storage: sqliteStorage(file),
    providers: [
      {
        channel: 'email',
        name: 'ledger',
        send: async ({ messageId, address }) => {
          write(`sent ${messageId} ${address}`)
          news.hasSent()
          return { type: 'sent' }
        },
      },
    ],
    audienceSource: { resolve: () => members(news), member: (id) => memberOf(Number(id)) },
    tuning: { leaseMs: LEASE_MS, maxClaim: MAX_CLAIM, maxInFlight: WINDOW },
  })
  for (const status of STATUSES) broadside.on(`sending:${status}`, () => write(`status ${status}`))
  const sending = await theSending(broadside)
  write(`status ${(await sending.info()).status}`)
  await sending.finished()
  await broadside.close()
  process.disconnect?.()
}

/** Two of the members are given inline too: one by id, and one by address alone. */
async function theSending(broadside: Broadside): Promise<Sending> {
  const [found] = (await broadside.sendings.list()).sendings
  if (found !== undefined) return broadside.sendings.get(found.id)
  return broadside.sendings.create({
    channel: 'email',
    message: { content: { text: 'Hello' } },
    recipients: [{ member_id: 7 }, { email: addressOf(11) }],
    audience: { type: 'all' },
    schedule: { type: 'immediate' },
  })
}

async function* members(news: Progress): AsyncGenerator<Member, void> {
  for (let id = 1; id <= MEMBERS; id += 1) {
    news.hasRead()
    yield memberOf(id)
  }
}

function memberOf(id: number): Member {
  return { id, email: addressOf(id) }
}

export function addressOf(id: number): string {
  return `member-${id}@example.com`
}

class Progress {
  #read = 0
  #sent = 0

  hasRead(): void {
    this.#read += 1
    if (this.#read % TOLD_EACH === 0) this.#tell()
  }

  hasSent(): void {
    this.#sent += 1
    if (this.#sent % TOLD_EACH === 0) this.#tell()
  }

  #tell(): void {
    process.send?.({ read: this.#read, sent: this.#sent } satisfies SendingNews)
  }
}
