import { appendFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createBroadside, type IngestError } from '@broadside/core'
import { sqliteStorage } from '@broadside/sqlite'
import { describe, expect, it } from 'vitest'
import { Scratch } from '../test/scratch.js'
import { type CsvUser, inspectRecipientsCsv, ORIGIN, readRecipients } from './recipients-csv.js'
import { Refusal } from './refusal.js'

const SHIPPED = fileURLToPath(new URL('../data/recipients.csv', import.meta.url))

async function recipientsOf(path: string): Promise<CsvUser[]> {
  const users: CsvUser[] = []
  for await (const user of readRecipients(await inspectRecipientsCsv(path))) users.push(user)
  return users
}

/** What ingest makes of a CSV. */
async function ingested(path: string) {
  await using broadside = await createBroadside({ storage: sqliteStorage(':memory:') })
  const job = await broadside.jobs.create({ message: { content: { text: 'Hello' } } })
  const errors: IngestError[] = []
  await job.ingest(readRecipients(await inspectRecipientsCsv(path)), { onError: (error) => errors.push(error) })
  const { items } = await job.items({ limit: 1_000 })
  return { info: await job.info(), errors, items }
}

describe('a CSV of recipients', () => {
  it('makes every column data, and e-mail the address', async () => {
    using scratch = new Scratch()
    const path = scratch.file('people.csv', '\ufeffE-mail,First Name,__proto__\r\n"ann@example.com","Ann, A.",evil\r\n')
    const { items } = await ingested(path)
    expect(items).toMatchObject([{ to: { email: 'ann@example.com' }, data: { first_name: 'Ann, A.' } }])
    expect(Object.entries(items[0]?.data ?? {})).toContainEqual(['__proto__', 'evil'])
  })

  it('counts a row that is none among the rejected, with its line', async () => {
    using scratch = new Scratch()
    const path = scratch.file('people.csv', 'email,name\na@example.com,A\nb@example.com\nc@example.com,C,3\n\nd@@,D\n')
    const { info, errors } = await ingested(path)
    expect(info.counters.received).toBe(1)
    expect(info.ingestErrors).toEqual({ INVALID_USER: 2, INVALID_ADDRESS: 1 })
    expect(errors.map(({ user }) => (user as CsvUser)[ORIGIN])).toEqual([
      { line: 3, problem: '1 cell where the header has 2' },
      { line: 4, problem: '3 cells where the header has 2' },
      { line: 6 },
    ])
  })

  it('has no recipients below a header that stands alone', async () => {
    using scratch = new Scratch()
    expect(await recipientsOf(scratch.file('people.csv', 'email,name\n'))).toEqual([])
  })

  it('is the same CSV by its content, wherever it lies', async () => {
    using scratch = new Scratch()
    const [one, same, other] = ['email\na@b.example\n', 'email\na@b.example\n', 'email\na@b.example'].map((text, i) =>
      scratch.file(`${i}.csv`, text),
    )
    const hashOf = async (path = '') => (await inspectRecipientsCsv(path)).contentHash
    expect(await hashOf(one)).toBe(await hashOf(same))
    expect(await hashOf(one)).not.toBe(await hashOf(other))
    expect(await hashOf(one)).toMatch(/^[0-9a-f]{64}$/)
  })

  it('names file and line of what can not be read, before anything is ingested', async () => {
    using scratch = new Scratch()
    const path = scratch.file('people.csv', `email\n${'a@example.com\n'.repeat(5_000)}"b@example.com\n`)
    await expect(inspectRecipientsCsv(path)).rejects.toThrow(
      new Refusal(`${path}: line 5002: the row that begins here has a quote (") that is never closed`),
    )
    const empty = scratch.file('empty.csv', '')
    await expect(inspectRecipientsCsv(empty)).rejects.toThrow(`${empty}: this file is empty`)
    await expect(inspectRecipientsCsv(scratch.path('none.csv'))).rejects.toThrow("none.csv can't be read: ENOENT")
  })

  it('fails a reading of a file that changed since it was inspected', async () => {
    using scratch = new Scratch()
    const path = scratch.file('people.csv', 'email\na@example.com\n')
    const csv = await inspectRecipientsCsv(path)
    appendFileSync(path, 'b@example.com\n')
    await expect(async () => {
      for await (const _user of readRecipients(csv));
    }).rejects.toThrow('was changed while it was read')
  })
})

describe('the CSV shipped with the quickstart', () => {
  it('has what a real export has', async () => {
    const { info, errors, items } = await ingested(SHIPPED)
    expect(info.ingestErrors).toEqual({ DUPLICATE_USER: 10, INVALID_ADDRESS: 6 })
    expect(info.counters.received).toBe(984)
    expect(items.filter(({ to }) => String(to?.email).trim() === '')).toHaveLength(8)
    expect(errors[0]).toMatchObject({ code: 'INVALID_ADDRESS', user: { to: { email: 'not-an-address' } } })
    const cells = items.map(({ data }) => Object.values(data ?? {}).join(' ')).join(' ')
    for (const script of ['Latin', 'Cyrillic', 'Greek', 'Arabic', 'Hebrew', 'Han', 'Devanagari', 'Emoji_Presentation'])
      expect(cells).toMatch(new RegExp(script.startsWith('Emoji') ? `\\p{${script}}` : `\\p{Script=${script}}`, 'u'))
    for (const zone of new Set(items.map(({ data }) => String(data?.time_zone))))
      expect(() => new Intl.DateTimeFormat('en', { timeZone: zone })).not.toThrow()
  })
})
