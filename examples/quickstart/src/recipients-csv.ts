import { createHash } from 'node:crypto'
import type { IngestUser } from '@broadside/core'
import { type CsvHeader, readHeader } from './csv-header.js'
import { type CsvRow, csvRows } from './csv-rows.js'
import { fileText } from './file-text.js'
import { Refusal } from './refusal.js'

/** A CSV of recipients that has been read once from end to end, so that nothing in it comes as a surprise later. */
export interface RecipientsCsv {
  readonly path: string
  /** SHA-256 of its bytes: what makes it the same CSV on a restart. */
  readonly contentHash: string
  /** Rows below the header. */
  readonly rows: number
}

/** Where an ingested user came from. A symbol is left out of JSON: it reaches `onError`, and is not stored. */
export const ORIGIN = Symbol('origin')

export interface Origin {
  readonly line: number
  /** Why the row is no recipient at all. */
  readonly problem?: string | undefined
}

export interface CsvUser extends IngestUser {
  readonly [ORIGIN]: Origin
  readonly toJSON?: () => unknown
}

/**
 * Reads a CSV through, without keeping any of it: what can't be read is found before anything is stored or sent.
 *
 * @throws Refusal that names the file and the line.
 */
export async function inspectRecipientsCsv(path: string): Promise<RecipientsCsv> {
  const hash = createHash('sha256')
  let rows = 0
  for await (const _user of users(path, (bytes) => hash.update(bytes))) rows += 1
  return { path, rows, contentHash: hash.digest('hex') }
}

/**
 * Streams the recipients of a CSV. A row with too many or too few cells is handed on as a user that ingest refuses: so storage counts it with
 * the others.
 *
 * @throws Refusal at the end if the file is not the one that was inspected.
 */
export async function* readRecipients(csv: RecipientsCsv): AsyncGenerator<CsvUser> {
  const hash = createHash('sha256')
  yield* users(csv.path, (bytes) => hash.update(bytes))
  if (hash.digest('hex') !== csv.contentHash) {
    throw new Refusal(`${csv.path} was changed while it was read: nothing was sent. Start again`)
  }
}

async function* users(path: string, onBytes: (bytes: Uint8Array) => void): AsyncGenerator<CsvUser> {
  try {
    let header: CsvHeader | undefined
    for await (const row of csvRows(fileText(path, { onBytes }))) {
      if (header === undefined) header = readHeader(row.cells)
      else yield userOf(row, header)
    }
    if (header === undefined) throw new Refusal('this file is empty; a header row with at least "email" is needed')
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal(`${path}: ${error.message}`)
    if (isSystemError(error)) throw new Refusal(`${path} can't be read: ${error.message}`)
    throw error
  }
}

function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error
}

function userOf({ line, cells }: CsvRow, { columns, emailAt }: CsvHeader): CsvUser {
  if (cells.length !== columns.length) {
    return unreadable(line, `${count(cells.length, 'cell')} where the header has ${columns.length}`)
  }
  // fromEntries makes own properties: a column named __proto__ is data like any other.
  const data = Object.fromEntries(columns.map((name, i) => [name, cells[i]]))
  return { to: { email: cells[emailAt] }, data, [ORIGIN]: { line } }
}

/** Ingest takes JSON objects only, and this is none: it is counted among the rejected, in the transaction of its neighbours. */
function unreadable(line: number, problem: string): CsvUser {
  return { [ORIGIN]: { line, problem }, toJSON: () => problem }
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}
