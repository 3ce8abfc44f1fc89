import { type Broadside, type BroadsideOptions, createBroadside } from '@broadside/core'
import type { EvidenceLog } from '../evidence/evidence-log.js'
import { evidenceStorage } from '../evidence/evidence-storage.js'
import type { LeaseBook } from '../evidence/lease-book.js'
import { openStorage } from './open-storage.js'
import { persist } from './persist.js'
import type { ProcessSettings } from './process-settings.js'

interface Parts extends Pick<BroadsideOptions, 'providers' | 'dispatch'> {
  readonly log: EvidenceLog
  readonly book: LeaseBook
}

/** Outcomes wait for each other a little longer than usual: fewer writes, and more that a kill finds unwritten. */
const SETTLE_DELAY_MS = 80

/** An engine on the storage under test; waits while that is down. */
export async function startEngine(settings: ProcessSettings, { log, book, ...options }: Parts): Promise<Broadside> {
  const { boot, location, leaseMs, pollMs } = settings
  const tuning = { leaseMs, pollMs, settleDelayMs: SETTLE_DELAY_MS }
  const broadside = await persist(() =>
    createBroadside({ ...options, tuning, storage: evidenceStorage(openStorage(location, boot), log, book) }),
  )
  broadside.on('lease:lost', ({ jobId, inFlight }) => log.note(`lease lost: job ${jobId}, ${inFlight} in flight`))
  broadside.on('storage:trouble', ({ error, retryAt }) =>
    log.note(`storage trouble until ${retryAt}: ${error.message}`),
  )
  broadside.on('storage:recovered', () => log.note('storage recovered'))
  broadside.on('job:failed', ({ jobId, error }) => log.note(`job ${jobId} failed: ${String(error)}`))
  return broadside
}
