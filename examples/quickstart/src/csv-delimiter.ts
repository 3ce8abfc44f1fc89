import { parse } from 'csv-parse/sync'
import { isEmailColumn } from './csv-header.js'

const DELIMITERS = [',', ';', '\t'] as const

/**
 * Which of comma, semicolon and tab parts the cells, seen from the beginning of a CSV: one that gives the header a column `email`; of several,
 * and if none does, the one that gives the most columns.
 */
export function detectDelimiter(head: string): string {
  const candidates = DELIMITERS.map((delimiter) => ({ delimiter, cells: firstRow(head, delimiter) })).sort(
    (a, b) => b.cells.length - a.cells.length,
  )
  const best = candidates.find(({ cells }) => cells.some(isEmailColumn)) ?? candidates[0]
  return best?.delimiter ?? ','
}

function firstRow(head: string, delimiter: string): readonly string[] {
  try {
    return parse(head, { delimiter, record_delimiter: '\n', to: 1, trim: true, skip_empty_lines: true })[0] ?? []
  } catch {
    return [] // quotes that make sense with another delimiter, if with any
  }
}
