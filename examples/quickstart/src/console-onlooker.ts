import { itemLine, turnedAwayLine } from './outcome-lines.js'
import type { Output } from './output.js'
import type { ProgressBar } from './progress-bar.js'
import type { RecipientsCsv } from './recipients-csv.js'
import type { Onlooker } from './send-campaign.js'

export interface ConsoleParts {
  readonly output: Output
  readonly bar: ProgressBar
  readonly csv: RecipientsCsv
  readonly db: string
}

/** Shows a campaign on the console: progress and remarks on standard error, what became of everybody on standard output. */
export function consoleOnlooker({ output, bar, csv, db }: ConsoleParts): Onlooker {
  let isFinished = false
  let repeated = 0
  let inDoubt = 0
  const tellRepeated = (): void => {
    if (repeated > 0)
      bar.say(
        `The run before this one ended in the middle: up to ${repeated} messages could have been sent twice, each with the same Message-ID.`,
      )
    repeated = 0
  }
  const tellInDoubt = (): void => {
    if (inDoubt > 0)
      bar.say(
        `The server broke off ${inDoubt} times after a message was handed over: up to ${inDoubt} could have been sent twice, each with the same Message-ID.`,
      )
    inDoubt = 0
  }
  return {
    found: ({ id, status, counters: { received, pending } }) => {
      isFinished = status === 'completed'
      if (isFinished)
        bar.say(`Job ${id} is already finished: nothing is sent. To start afresh, give another --db or delete ${db}.`)
      else if (status === 'created' && received === 0) bar.say(`Job ${id}: ${csv.rows} rows.`)
      else if (status === 'created') bar.say(`Going on with job ${id}: ${received} recipients are in already.`)
      else bar.say(`Going on with job ${id}: ${pending} of ${received} recipients are left.`)
    },
    repeated: (messages) => {
      repeated += messages
    },
    inDoubt: () => {
      inDoubt += 1
    },
    trouble: (reason, retryAt) => {
      bar.say(
        `The server takes nothing at present (${reason ?? 'it does not say why'}); trying again in ${Math.ceil(Math.max(retryAt - Date.now(), 0) / 1000)} s.`,
      )
    },
    ingested: ({ read, added }) =>
      bar.show({ label: 'ingesting', done: read, total: csv.rows, note: `${added} added` }),
    turnedAway: (error) => output.line(turnedAwayLine(error)),
    sent: ({ counters: { received, pending, enqueued, error, skipped } }) => {
      tellRepeated()
      if (isFinished) return
      bar.show({
        label: 'sending',
        done: received - pending,
        total: received,
        note: `${enqueued} enqueued, ${error} error, ${skipped} skipped`,
      })
    },
    settled: async (item) => {
      tellInDoubt()
      output.line(itemLine(item))
      await output.ready()
    },
  }
}
