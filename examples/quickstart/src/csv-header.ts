import { Refusal } from './refusal.js'

/** What the header says about the rows below it. */
export interface CsvHeader {
  /** One name a column: `First Name` is `first_name`, so that templates can say it. */
  readonly columns: readonly string[]
  /** Which column holds the e-mail address. */
  readonly emailAt: number
}

/** @throws Refusal for a header without `email`, or with two columns of one name. */
export function readHeader(cells: readonly string[]): CsvHeader {
  const columns = cells.map(columnName)
  const emailAt = columns.indexOf('email')
  if (emailAt < 0) {
    const found = columns.map((name) => JSON.stringify(name)).join(', ')
    throw new Refusal(`the header has no column "email". Its columns are: ${found}`)
  }
  const twin = columns.findIndex((name, i) => columns.indexOf(name) < i)
  const name = columns[twin]
  if (name !== undefined) {
    throw new Refusal(
      `columns ${columns.indexOf(name) + 1} and ${twin + 1} of the header are both named "${name}". Rename one of them`,
    )
  }
  return { columns, emailAt }
}

export function isEmailColumn(cell: string): boolean {
  return columnName(cell, 0) === 'email'
}

/** `E-mail`, ` EMAIL ` and `e_mail` are all `email`; an unnamed column is called after its place. */
function columnName(cell: string, index: number): string {
  const name = cell
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
  if (name === '') return `column_${index + 1}`
  return name === 'e_mail' ? 'email' : name
}
