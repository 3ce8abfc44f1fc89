import { pipeline, Readable } from 'node:stream'
import { type CsvError, parse } from 'csv-parse'
import { detectDelimiter } from './csv-delimiter.js'
import { Refusal } from './refusal.js'

/** A row as it stands in the file; `line` is where it begins, counted from 1. */
export interface CsvRow {
  readonly line: number
  readonly cells: readonly string[]
}

/** A quote that is never closed would otherwise take the rest of the file into memory. */
const MAX_ROW_BYTES = 1_048_576

/** Streams the rows of CSV text with `\n` as line end, the header first. Lines without anything on them are no rows. */
export async function* csvRows(text: AsyncIterable<string>): AsyncGenerator<CsvRow> {
  const source = text[Symbol.asyncIterator]()
  let line = 1
  const toRow = (cells: string[]): CsvRow | undefined => {
    const row = { line, cells }
    line += linesOf(cells)
    return cells.length > 1 || cells[0] !== '' ? row : undefined
  }
  try {
    const head = await source.next()
    if (head.done) return
    const parser = parse({
      delimiter: detectDelimiter(head.value),
      record_delimiter: '\n',
      trim: true,
      relax_column_count: true,
      max_record_size: MAX_ROW_BYTES,
      // A record may become anything, which its types do not know.
      on_record: toRow as (cells: string[]) => string[] | undefined,
    })
    // What goes wrong upstream reaches the loop through the parser, which is destroyed with it.
    yield* pipeline(Readable.from(resumed(head.value, source)), parser, () => undefined) as AsyncIterable<CsvRow>
  } catch (error) {
    throw isCsvError(error) ? new Refusal(explain(error, line)) : error
  } finally {
    await source.return?.()
  }
}

async function* resumed(head: string, source: AsyncIterator<string>): AsyncGenerator<string> {
  yield head
  for (let next = await source.next(); !next.done; next = await source.next()) yield next.value
}

function linesOf(cells: readonly string[]): number {
  let lines = 1
  for (const cell of cells) {
    for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) lines += 1
  }
  return lines
}

function isCsvError(error: unknown): error is CsvError {
  return error instanceof Error && 'code' in error && 'lines' in error && 'records' in error
}

function explain(error: CsvError, line: number): string {
  switch (error.code) {
    case 'CSV_MAX_RECORD_SIZE':
      return `line ${line}: the row that begins here is larger than ${MAX_ROW_BYTES / 1024} KiB: a quote (") in it may never be closed`
    case 'CSV_QUOTE_NOT_CLOSED':
      return `line ${line}: the row that begins here has a quote (") that is never closed`
    case 'INVALID_OPENING_QUOTE':
      return `line ${error.lines}: a quote (") inside a cell that is not quoted; write the cell as "…" with each quote doubled`
    default:
      return `line ${error.lines}: after the closing quote (") of a cell comes neither a delimiter nor the end of the row; inside a quoted cell each quote is doubled`
  }
}
