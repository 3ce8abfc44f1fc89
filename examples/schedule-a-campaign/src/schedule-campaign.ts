import { createBroadside, inMemoryAudience, manualClock, type VariantResult } from '@broadside/core'
import { sqliteStorage } from '@broadside/sqlite'
import { printingChannel } from './printing-channel.js'
import { READERS } from './readers.js'

export interface CampaignOptions {
  /** The file that it is kept in. */
  readonly db: string
  readonly print: (line: string) => void
}

/** A newsletter for Sunday morning, wherever its readers live, by whichever of two subjects more of them open. Time passes only when told. */
export async function scheduleCampaign({ db, print }: CampaignOptions): Promise<void> {
  const clock = manualClock(Date.parse('2026-03-27T12:00:00Z'))
  const until = (at: string): Promise<void> => clock.advanceTo(Date.parse(at))
  await using broadside = await createBroadside({
    storage: sqliteStorage(db),
    clock,
    zone: 'Europe/Oslo',
    providers: [printingChannel({ clock, print })],
    audienceSource: inMemoryAudience(READERS),
    pickChampion: ({ results }) => mostOpened(results),
  })
  broadside.on('sending:champion', ({ variant }) => print(`Picked: ${variant}. The rest gets it, five a minute:`))

  print('The test group, at nine in the morning where they live:')
  const sending = await broadside.sendings.create({
    channel: 'email',
    message: { headers: { subject: 'The spring issue' }, content: { 'text/plain': 'Have a look at it.' } },
    audience: { type: 'inline', conditions: [{ field: 'subscribed', operator: 'equals', value: true }] },
    schedule: { type: 'absolute', at: '2026-03-29 09:00:00', scheduleType: 'contactTZ' },
    rate: { limit: 5, intervalMs: 60_000 },
    experiments: [
      {
        name: 'subject',
        strategy: 'split-with-champion',
        testShare: 0.5,
        variants: [{ name: 'plain' }, { name: 'question', headers: { subject: 'What grows in March?' } }],
        champion: { pickedBy: 'function', after: '4 hours' },
      },
    ],
  })

  await until('2026-03-29T10:59:00Z')
  print('Just before four hours have passed:')
  const [subject] = await sending.results()
  for (const { variant, counters } of subject?.testGroup ?? [])
    print(`  ${variant}: ${counters.enqueued} sent, ${OPENED[variant]} opened`)

  await until('2026-03-29T11:00:30Z')
  const paused = await sending.pause()
  print(`Paused for an hour, with ${paused.counters?.pending} to go.`)
  await until('2026-03-29T12:00:00Z')
  print('Resumed:')
  await sending.resume()

  await until('2026-03-29T14:00:00Z')
  const { status, counters } = await sending.info()
  print(`The sending is ${status}: ${counters?.enqueued} of ${counters?.received} went out.`)
}

/** What a host knows and Broadside does not: how many have opened it. */
const OPENED: Readonly<Record<string, number>> = { plain: 1, question: 4 }

function mostOpened(results: readonly VariantResult[]): string | undefined {
  const share = ({ variant, counters }: VariantResult): number =>
    (OPENED[variant] ?? 0) / Math.max(counters.enqueued, 1)
  return results.toSorted((a, b) => share(b) - share(a))[0]?.variant
}
