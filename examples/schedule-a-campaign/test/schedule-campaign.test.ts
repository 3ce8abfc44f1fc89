import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { scheduleCampaign } from '../src/schedule-campaign.js'

const folder = mkdtempSync(join(tmpdir(), 'broadside-campaign-'))
afterAll(() => rmSync(folder, { recursive: true }))

it('prints what its README shows', async () => {
  const lines: string[] = []
  await scheduleCampaign({ db: join(folder, 'campaign.db'), print: (line) => lines.push(line) })
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  expect(lines).toEqual(/```text\n([\s\S]*?)\n```/.exec(readme)?.[1]?.split('\n'))
})
