import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CsvRow, csvRows } from './csv-rows.js'
import { Refusal } from './refusal.js'

async function rowsOf(...chunks: string[]): Promise<CsvRow[]> {
  async function* text(): AsyncGenerator<string> {
    yield* chunks
  }
  const rows: CsvRow[] = []
  for await (const row of csvRows(text())) rows.push(row)
  return rows
}

const cell = fc.string({ unit: fc.constantFrom('a', 'é', '王', ',', ';', '\t', '"', '\n', ' ', '🎉'), maxLength: 6 })
const table = fc.integer({ min: 2, max: 4 }).chain((width) => {
  return fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 6 })
})

describe('csvRows', () => {
  it('reads what a spreadsheet writes, with any delimiter, however the text is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.constantFrom(',', ';', '\t'),
        fc.boolean(),
        fc.integer({ min: 1, max: 9 }),
        async (cells, delimiter, quoteAll, size) => {
          const header = ['email', ...(cells[0] ?? ['', '']).slice(1).map((_, i) => `column ${i}`)].join(delimiter)
          const quoted = (text: string) =>
            quoteAll || /[",;\t\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
          const lines = cells.map((row) => row.map(quoted).join(delimiter))
          const body = lines.map((line) => `${line}\n`).join('')
          const chunks = body.match(new RegExp(`[^]{1,${size}}`, 'gu')) ?? []
          const starts = lines.map((_, i) => 2 + lines.slice(0, i).join('\n').split('\n').length - (i === 0 ? 1 : 0))
          expect((await rowsOf(`${header}\n`, ...chunks)).slice(1)).toEqual(
            cells.map((row, i) => ({ line: starts[i], cells: row })),
          )
        },
      ),
    )
  })

  it('passes over lines without anything on them, and counts them', async () => {
    expect(await rowsOf('\n\nemail\n\n  \na@example.com\n\n"b\n@"\nc')).toEqual([
      { line: 3, cells: ['email'] },
      { line: 6, cells: ['a@example.com'] },
      { line: 8, cells: ['b\n@'] },
      { line: 10, cells: ['c'] },
    ])
  })

  it('hands on rows with too many and too few cells as they are', async () => {
    const rows = await rowsOf('email,name\na,b,c\nd\n,\n')
    expect(rows.map((row) => row.cells)).toEqual([['email', 'name'], ['a', 'b', 'c'], ['d'], ['', '']])
  })

  it('has no rows in an empty text', async () => {
    expect(await rowsOf()).toEqual([])
    expect(await rowsOf('')).toEqual([])
  })

  it.each([
    ['email,name\na,"b\nc,d\n', 'line 2: the row that begins here has a quote (") that is never closed'],
    [
      `email,name\na,"b\n${'c,d\n'.repeat(400_000)}`,
      'line 2: the row that begins here is larger than 1024 KiB: a quote (") in it may never be closed',
    ],
    ['email,name\na,b\nc,John "Jack" Doe\n', 'line 3: a quote (") inside a cell that is not quoted'],
    ['email,name\na,b\nc,"John" Doe\n', 'line 3: after the closing quote (") of a cell comes neither'],
  ])('says where quotes make no sense: %#', async (text, message) => {
    const rows = rowsOf(text)
    await expect(rows).rejects.toBeInstanceOf(Refusal)
    await expect(rows).rejects.toThrow(message)
  })

  it('passes on a fault of its source, and lets go of a source it does not read to the end', async () => {
    let isOpen = true
    async function* source(end: () => void): AsyncGenerator<string> {
      try {
        yield 'email\na\n'
        for (let i = 0; i < 1_000_000; i++) yield 'b\n'.repeat(1_000)
        end()
      } finally {
        isOpen = false
      }
    }
    for await (const _row of csvRows(source(() => undefined))) break
    expect(isOpen).toBe(false)
    async function* failing(): AsyncGenerator<string> {
      yield 'email\na\n'
      throw new Error('the disk is gone')
    }
    await expect(async () => {
      for await (const _row of csvRows(failing()));
    }).rejects.toThrow('the disk is gone')
  })
})
