import { isBroadsideError, type JobInfo } from '@broadside/core'
import type { Arguments } from './arguments.js'
import { consoleOnlooker } from './console-onlooker.js'
import { Interruption } from './interruption.js'
import { messageContent } from './message-content.js'
import { Output } from './output.js'
import { ProgressBar } from './progress-bar.js'
import { inspectRecipientsCsv, type RecipientsCsv, readRecipients } from './recipients-csv.js'
import { Refusal } from './refusal.js'
import { sendCampaign } from './send-campaign.js'
import { summaryOf } from './summary.js'
import { openTransport } from './transport.js'

/**
 * Sends the campaign that the arguments describe, and resolves with the exit code. All that can be found wrong is found before the database is
 * made.
 *
 * @throws Refusal, or what the engine throws.
 */
export async function quickstart(args: Arguments): Promise<number> {
  const startedAt = performance.now()
  const output = new Output(process.stdout)
  const bar = new ProgressBar(process.stderr)
  const content = messageContent(args)
  const csv = await inspectRecipientsCsv(args.csv)
  const transport = await openTransport(args)
  const interruption = new Interruption(() => bar.say('Stopping: what is on its way is finished first.'))
  try {
    const campaign = {
      db: args.db,
      provider: transport.provider,
      content,
      recipients: output.pace(readRecipients(csv)),
      // The same CSV by the same way is the same campaign.
      idempotencyKey: `${transport.provider.channel}:${csv.contentHash}`,
    }
    const onlooker = consoleOnlooker({ output, bar, csv, db: args.db })
    const job = await sendCampaign(campaign, onlooker, interruption.signal)
    bar.stop()
    return conclude({ job, csv, output, elapsedMs: performance.now() - startedAt })
  } catch (error) {
    bar.stop()
    if (isBroadsideError(error, 'IDEMPOTENCY_KEY_REUSED')) throw anotherMessage(args.db)
    if (!interruption.isReasonOf(error)) throw error
    bar.say('Stopped. Nothing is lost: the same command goes on from here.')
    return interruption.exitCode
  } finally {
    await transport.close()
  }
}

interface Conclusion {
  readonly job: JobInfo
  readonly csv: RecipientsCsv
  readonly output: Output
  readonly elapsedMs: number
}

/** Prints the last line. */
function conclude({ job, csv, output, elapsedMs }: Conclusion): number {
  const summary = summaryOf(job, elapsedMs)
  output.line(JSON.stringify(summary))
  if (job.status !== 'completed') throw new Refusal(`job ${job.id} is ${job.status}: somebody else has ended it`)
  if (summary.rows === csv.rows) return 0
  throw new Error(`${csv.path} has ${csv.rows} rows, but job ${job.id} accounts for ${summary.rows}.`)
}

function anotherMessage(db: string): Refusal {
  return new Refusal(
    `${db} already holds a job for this CSV with another subject, template or sender. To send this one too, give another --db`,
  )
}
