import { readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { QuickstartProcess } from './quickstart-process.js'
import { ReceivingServer } from './receiving-server.js'
import { Scratch } from './scratch.js'

/** What becomes of the CSV that is shipped, run by run the same. */
const SHIPPED = {
  status: 'completed',
  received: 984,
  enqueued: 964,
  error: 12,
  skipped: 8,
  uncertain: 0,
  pending: 0,
  rows: 1000,
  duplicates: 10,
  rejected: 6,
}

describe('without arguments', () => {
  it('sends the CSV that is shipped, says what became of everybody, and the second time sends nothing', async () => {
    using scratch = new Scratch()
    const first = await QuickstartProcess.run([], scratch.folder)
    expect(first.stderr).toContain('sending 984/984')
    expect(first.exitCode).toBe(0)
    expect(first.summary).toEqual({ jobId: expect.any(String), ...SHIPPED, elapsedMs: expect.any(Number) })
    expect(Object.keys(first.summary)).toEqual(['jobId', ...Object.keys(SHIPPED), 'elapsedMs'])

    const count = (status: string) => first.lines.filter((line) => line.startsWith(`${status} `)).length
    expect(['enqueued', 'error', 'skipped', 'duplicate', 'rejected'].map(count)).toEqual([964, 12, 8, 10, 6])
    expect(first.lines).toHaveLength(1001)
    expect(first.stdout).toMatch(/^error +\S+@moved\.example +SMTP_550 /m)
    expect(first.stdout).toMatch(/^error +\S+@strict\.example +SMTP_554 /m)
    expect(first.stdout).toMatch(/^enqueued +\S+@busy\.example$/m)
    expect(first.stdout).toMatch(/^enqueued +\S+@slow\.example$/m)

    const second = await QuickstartProcess.run([], scratch.folder)
    expect(second.exitCode).toBe(0)
    expect(second.stderr).toMatch(/^Job \S+ is already finished: nothing is sent\. To start afresh, .*\n$/)
    expect(second.summary).toEqual({ ...first.summary, elapsedMs: expect.any(Number) })
    expect(second.lines).toHaveLength(985)

    const another = await QuickstartProcess.run(['--subject', 'Another'], scratch.folder)
    expect(another.exitCode).toBe(1)
    expect(another.stdout).toBe('')
    expect(another.stderr).toMatch(/^quickstart: broadside-quickstart\.db already holds a job for this CSV with .*\n$/)
  })
})

describe('with a CSV, a server and a template', () => {
  it('sends the rendered template, with every column as data', async () => {
    using scratch = new Scratch()
    const mails: string[] = []
    await using server = await ReceivingServer.start({
      onData: (message, _session, answer) => {
        let mail = ''
        message.on('data', (chunk: Buffer) => {
          mail += chunk.toString()
        })
        message.on('end', () => {
          mails.push(mail)
          answer()
        })
      },
    })
    const csv = scratch.file(
      'people.csv',
      'E-Mail;First Name;Plan\r\nann@example.com;Ann;"a; b"\r\n;Bob;x\r\nragged\r\n',
    )
    const template = scratch.file('letter.txt', 'Hello {{ first_name }}, your plan is {{ plan }}.')
    const args = ['--csv', csv, '--smtp', server.url, '--template', template, '--subject', 'Plan {{ plan }}']
    const sent = await QuickstartProcess.run([...args, '--from', 'Me <me@example.com>'], scratch.folder)
    expect(sent.exitCode).toBe(0)
    expect(mails).toHaveLength(1)
    expect(mails[0]).toMatch(/^From: Me <me@example\.com>\r$/m)
    expect(mails[0]).toMatch(/^Subject: Plan a; b\r$/m)
    expect(mails[0]).toContain('Hello Ann, your plan is a; b.')
    expect(sent.summary).toMatchObject({ received: 2, enqueued: 1, skipped: 1, rows: 3, rejected: 1 })
    expect(sent.lines[0]).toBe('rejected   line 4  1 cell where the header has 3')
  })

  it('completes a job without recipients', async () => {
    using scratch = new Scratch()
    const csv = scratch.file('people.csv', 'email,name\n')
    const { exitCode, lines, summary } = await QuickstartProcess.run(['--csv', csv], scratch.folder)
    expect(exitCode).toBe(0)
    expect(lines).toHaveLength(1)
    expect(summary).toMatchObject({ status: 'completed', received: 0, rows: 0 })
  })

  it('keeps jobs for the server on loopback apart from those for a real one', async () => {
    using scratch = new Scratch()
    await using server = await ReceivingServer.start()
    const csv = scratch.file('people.csv', 'email\nann@example.com\n')
    const rehearsal = await QuickstartProcess.run(['--csv', csv], scratch.folder)
    const real = await QuickstartProcess.run(['--csv', csv, '--smtp', server.url], scratch.folder)
    expect(real.summary).toMatchObject({ enqueued: 1 })
    expect(real.summary.jobId).not.toBe(rehearsal.summary.jobId)
    expect(server.arrived).toBe(1)
  })
})

describe('with something that can not be', () => {
  it('says so in one line, and leaves nothing behind', async () => {
    using scratch = new Scratch()
    const csv = scratch.file('people.csv', 'email,name\nann@example.com,Ann\n')
    const closedPort = await portNobodyListensOn()
    await using locked = await ReceivingServer.start({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (_auth, _session, answer) => answer(Object.assign(new Error('Wrong password'), { responseCode: 535 })),
    })
    const refused: [string[], RegExp][] = [
      [['--colour'], /Unknown option '--colour'/],
      [['--csv', scratch.path('none.csv')], /there is no file/],
      [['--csv', scratch.file('no-email.csv', 'name;town\nAnn;Rome\n')], /no column "email".*"name", "town"/],
      [['--csv', scratch.file('quotes.csv', 'email,name\nann@example.com,"Ann\n')], /line 2: .*never closed/],
      [['--csv', scratch.file('empty.csv', '')], /empty/],
      [
        ['--csv', csv, '--template', scratch.file('letter.html', '<p>{{ name | shout }}</p>')],
        /does not compile \(--subject, --template\): .*html.*shout/,
      ],
      [['--csv', csv, '--subject', '{{ name'], /does not compile .*: .*subject/],
      [['--csv', csv, '--concurrency', 'many'], /no whole number/],
      [['--csv', csv, '--smtp', `smtp://127.0.0.1:${closedPort}`], /127\.0\.0\.1.*ECONNREFUSED/],
      [['--csv', csv, '--smtp', `smtp://ann:s3cret@127.0.0.1:${locked.port}`], /535/],
    ]
    const files = readdirSync(scratch.folder)
    for (const [args, message] of refused) {
      const { exitCode, stdout, stderr } = await QuickstartProcess.run(args, scratch.folder)
      expect(stderr).toMatch(/^quickstart: [^\n]+\n$/)
      expect(stderr).toMatch(message)
      expect(stderr).not.toContain('s3cret')
      expect([exitCode, stdout]).toEqual([1, ''])
      expect(readdirSync(scratch.folder)).toEqual(files)
    }
  })

  it('does not harm a file that is no database', async () => {
    using scratch = new Scratch()
    const csv = scratch.file('people.csv', 'email\nann@example.com\n')
    const db = scratch.file(
      'notes.txt',
      'Dear diary, this is no database, and it is long enough to look like one. '.repeat(99),
    )
    const { exitCode, stderr } = await QuickstartProcess.run(['--csv', csv, '--db', db], scratch.folder)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^quickstart: [^\n]*notes\.txt[^\n]*\n$/)
  })
})

function portNobodyListensOn(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
