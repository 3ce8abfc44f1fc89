import { describe, expect, it } from 'vitest'
import { QuickstartProcess } from './quickstart-process.js'
import { ReceivingServer } from './receiving-server.js'
import { Scratch } from './scratch.js'

const ROWS = 20_000
const DELIVERABLE = 1_500

/** Twenty batches to ingest, but not many messages to send: most rows have no address. One row in a hundred is malformed, one a duplicate. */
function manyRows(): string {
  const rows = Array.from({ length: ROWS }, (_, i) => {
    if (i % 100 === 50) return `row ${i},malformed`
    if (i % 100 === 51) return 'PERSON0@example.com,duplicate'
    return i < DELIVERABLE * 1.1 && i % 10 !== 9 ? `person${i}@example.com,${i}` : `,${i}`
  })
  return `email,number\n${rows.join('\n')}\n`
}

/** Everybody in the CSV who can get a message. */
function deliverable(csv: string): string[] {
  return [...csv.matchAll(/^person\d+@example\.com/gm)].map(([address]) => address)
}

describe('killed at any moment', () => {
  it('goes on: nobody is lost, nobody is ingested twice, and what could have been sent twice is said', async () => {
    using scratch = new Scratch()
    await using server = await ReceivingServer.start()
    const rows = manyRows()
    const args = ['--csv', scratch.file('people.csv', rows), '--smtp', server.url, '--db', scratch.path('job.db')]
    const start = () => new QuickstartProcess(args, scratch.folder)
    const runs: QuickstartProcess[] = []

    // While ingesting: the rows of its third and of its twelfth batch are just being told.
    for (const row of [2_050, 11_050]) {
      const run = start()
      await run.killOnceItPrints(`row ${row} `)
      runs.push(run)
    }
    // While sending.
    for (const messages of [100, 500, 501, 1_000]) {
      const run = start()
      await run.killOnce(server.until(messages), 'SIGKILL')
      runs.push(run)
    }
    const last = start()
    await last.ended()
    runs.push(last)

    expect(runs.map((run) => run.exitCode)).toEqual([null, null, null, null, null, null, 0])
    // A run may have been killed before it said anything.
    const jobIds = new Set(runs.flatMap((run) => /[Jj]ob ([^:\s]+):/.exec(run.stderr)?.[1] ?? []))
    expect([...jobIds]).toEqual([last.summary.jobId])
    const inAlready = runs.slice(1, 3).map((run) => Number(/: (\d+) recipients are in already/.exec(run.stderr)?.[1]))
    expect(inAlready[0]).toBeGreaterThanOrEqual(1_900)
    expect(inAlready[1]).toBeGreaterThan(inAlready[0] ?? 0)
    expect(inAlready[1]).toBeLessThan(19_000)

    const people = deliverable(rows)
    expect([...server.ledger.keys()].sort()).toEqual([...people].sort())
    const repeated = runs.reduce((sum, run) => sum + run.repeated, 0)
    expect(server.arrived - people.length).toBeLessThanOrEqual(repeated)
    for (const messageIds of server.ledger.values()) expect(new Set(messageIds).size).toBe(1)
    expect(last.summary).toMatchObject({
      status: 'completed',
      received: ROWS - 400,
      enqueued: people.length,
      error: 0,
      skipped: ROWS - 400 - people.length,
      uncertain: 0,
      pending: 0,
      rows: ROWS,
      duplicates: 200,
      rejected: 200,
    })
    const told = last.lines.slice(0, -1).map((line) => /^\w+ +(\S+@\S+|\(no address\) \S+)/.exec(line)?.[1])
    expect(new Set(told).size).toBe(ROWS - 400)
  }, 120_000)
})

describe.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('stopped by %s', (signal, exitCode) => {
  it('finishes what is on its way, says how to go on, and sends nothing twice', async () => {
    using scratch = new Scratch()
    await using server = await ReceivingServer.start()
    const people = Array.from({ length: 600 }, (_, i) => `person${i}@example.com`)
    const args = ['--csv', scratch.file('people.csv', `email\n${people.join('\n')}\n`), '--smtp', server.url]
    const run = new QuickstartProcess(args, scratch.folder)
    await run.killOnce(server.until(100), signal)
    expect(run.exitCode).toBe(exitCode)
    expect(run.stderr).toContain('Stopped. Nothing is lost')
    expect(server.arrived).toBeLessThan(people.length)

    const { summary, repeated } = await QuickstartProcess.run(args, scratch.folder)
    expect(summary).toMatchObject({ status: 'completed', enqueued: people.length })
    expect(repeated).toBe(0)
    expect(server.arrived).toBe(people.length)
  }, 60_000)
})
