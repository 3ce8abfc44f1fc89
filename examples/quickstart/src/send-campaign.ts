import {
  type ChannelProvider,
  type Content,
  createBroadside,
  type IngestError,
  type IngestProgress,
  type IngestUser,
  type Item,
  type Job,
  type JobInfo,
  type JobProgress,
} from '@broadside/core'
import { liquidRenderer } from '@broadside/liquid'
import { sqliteStorage } from '@broadside/sqlite'

/** One message to many people, kept in a file, so that it survives the process. */
export interface Campaign {
  readonly db: string
  readonly provider: ChannelProvider
  readonly content: Content
  readonly recipients: AsyncIterable<IngestUser>
  /** The same for the same campaign, in every process: it finds the job again. */
  readonly idempotencyKey: string
}

/** Is told how a campaign comes along. */
export interface Onlooker {
  readonly found: (job: JobInfo) => void
  /** Of an earlier run that died: messages that may have gone out, and now go out again. */
  readonly repeated: (messages: number) => void
  /** Nobody knows whether this one went out; it goes out again. */
  readonly inDoubt: (recipient: string) => void
  /** The server takes nothing at present. */
  readonly trouble: (reason: string | undefined, retryAt: number) => void
  readonly ingested: (progress: IngestProgress) => void
  readonly turnedAway: (error: IngestError) => void
  readonly sent: (progress: JobProgress) => void
  readonly settled: (item: Item) => Promise<void>
}

const A_YEAR_MS = 365 * 24 * 3_600_000

/** Sends a campaign, or goes on with it, or finds it finished: every step is safe to repeat. */
export async function sendCampaign(campaign: Campaign, show: Onlooker, signal: AbortSignal): Promise<JobInfo> {
  const { db, provider, content, recipients, idempotencyKey } = campaign
  // #region readme
  await using broadside = await createBroadside({
    storage: sqliteStorage(db),
    providers: [provider],
    renderer: liquidRenderer(),
    tuning: { idempotencyKeepMs: A_YEAR_MS },
  })
  broadside.on('lease:recovered', ({ started }) => show.repeated(started))
  broadside.on('item:retry', ({ recipient, mayBeOut }) => mayBeOut && show.inDoubt(recipient))
  broadside.on('provider:trouble', ({ reason, retryAt }) => show.trouble(reason, retryAt))

  const job = await broadside.jobs.create({ message: { content } }, { idempotencyKey })
  const found = await job.info()
  show.found(found)
  if (found.status === 'created') {
    await job.ingest(recipients, { idempotencyKey, onProgress: show.ingested, onError: show.turnedAway, signal })
    await job.run({ idempotencyKey })
  } else if (found.status === 'paused') await job.resume()
  for await (const progress of job.watch({ signal })) show.sent(progress)
  // #endregion
  signal.throwIfAborted()
  for await (const item of itemsOf(job)) await show.settled(item)
  return job.info()
}

async function* itemsOf(job: Job): AsyncGenerator<Item> {
  let cursor: string | undefined
  do {
    const page = await job.items({ cursor, limit: 1_000 })
    yield* page.items
    cursor = page.paging.cursor
  } while (cursor !== undefined)
}
