import { type Broadside, createBroadside, type IngestUser } from '@broadside/core'
import { CountingChannel } from './counting-channel.js'
import { levelStorage } from './level-storage.js'

export interface ShowOptions {
  /** The directory of the LevelDB. */
  readonly path: string
  readonly people: number
  readonly print: (line: string) => void
}

/** A job over LevelDB, from its definition to its end; then the same storage opened again, and what is in it. */
export async function sendAndLookAgain({ path, people, print }: ShowOptions): Promise<void> {
  const channel = new CountingChannel()
  const first = await createBroadside({ storage: levelStorage(path), providers: [channel] })
  const jobId = await send(first, { people, print })
  await first.close()
  print(`  the channel was handed ${channel.sent} that it could send`)

  print('Closed and opened again:')
  await using again = await createBroadside({ storage: levelStorage(path) })
  await show(again, jobId, print)
}

async function send(broadside: Broadside, { people, print }: Omit<ShowOptions, 'path'>): Promise<string> {
  const job = await broadside.jobs.create({
    name: 'Summer sale',
    message: { content: { subject: 'Summer sale', text: 'Everything must go.' } },
  })
  print(`Job ${job.id}:`)
  const ingest = stopwatch()
  const { total } = await job.ingest(manyPeople(people))
  print(`  ingested ${total} people, ${ingest(total)}`)
  const run = stopwatch()
  await job.run()
  await job.finished()
  print(`  sent, ${run(total)}`)
  return job.id
}

async function show(broadside: Broadside, jobId: string, print: ShowOptions['print']): Promise<void> {
  const { jobs } = await broadside.jobs.list()
  const job = await broadside.jobs.get(jobId)
  const { status, counters } = await job.info()
  print(`  ${jobs.length} ${jobs.length === 1 ? 'job' : 'jobs'}; this one is ${status}`)
  print(`  ${counters.received} received, ${counters.enqueued} enqueued, ${counters.error} error`)
  for (const [code, count] of Object.entries(await job.codes())) print(`  ${count} × ${code}, such as`)
  const { items } = await job.items({ status: ['error'], limit: 1 })
  for (const { seq, recipient, reason } of items) print(`    ${seq} ${recipient}: ${reason}`)
}

/** One in a thousand has an address that nobody can be reached at. */
function* manyPeople(people: number): Generator<IngestUser> {
  for (let i = 1; i <= people; i++) {
    const domain = i % 1_000 === 0 ? 'nowhere.example' : 'example.com'
    yield { recipient: `person-${i}`, to: { email: `person${i}@${domain}` } }
  }
}

/** Says, when it is asked, how long `items` have taken. */
function stopwatch(): (items: number) => string {
  const startedAt = performance.now()
  return (items) => {
    const seconds = (performance.now() - startedAt) / 1_000
    return `${seconds.toFixed(1)} s, ${Math.round(items / seconds)} a second`
  }
}
