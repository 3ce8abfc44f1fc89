/** A worker: a process with an engine that sends. It is killed at any moment, or asked to close by SIGTERM. */
import { EvidenceLog } from '../evidence/evidence-log.js'
import { LeaseBook } from '../evidence/lease-book.js'
import { Connection } from '../receiver/connection.js'
import { endWithParent } from './end-with-parent.js'
import { settingsFromArguments, type WorkerSettings } from './process-settings.js'
import { providersOf } from './providers.js'
import { startEngine } from './start-engine.js'

endWithParent()
const settings = settingsFromArguments<WorkerSettings>()
const { channels, evidenceFile, receiverPort } = settings
const log = new EvidenceLog(evidenceFile)
log.write({ type: 'boot', at: Date.now(), pid: process.pid, channels })

const asked = new Promise<void>((resolve) => process.once('SIGTERM', () => resolve()))
const connection = await Connection.open(receiverPort)
const book = new LeaseBook()
const broadside = await startEngine(settings, { log, book, providers: providersOf({ settings, book, connection }) })
await asked
log.note('closing')
await broadside.close()
log.note('closed')
process.exit(0)
