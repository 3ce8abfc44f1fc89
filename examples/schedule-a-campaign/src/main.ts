import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { scheduleCampaign } from './schedule-campaign.js'

const folder = mkdtempSync(join(tmpdir(), 'broadside-campaign-'))
try {
  await scheduleCampaign({ db: join(folder, 'campaign.db'), print: (line) => process.stdout.write(`${line}\n`) })
} finally {
  rmSync(folder, { recursive: true })
}
