/** A table in plain text: the first columns to the left, numbers to the right. */
export function tableLines(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((title, column) =>
    Math.max(...[title, ...rows.map((row) => row[column] ?? '')].map((cell) => cell.length)),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => padded(cell, { width: widths[column] ?? 0, isNumber: isNumeric(rows, column) }))
      .join('  ')
      .trimEnd()
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)]
}

function padded(cell: string, { width, isNumber }: { readonly width: number; readonly isNumber: boolean }): string {
  return isNumber ? cell.padStart(width) : cell.padEnd(width)
}

function isNumeric(rows: readonly (readonly string[])[], column: number): boolean {
  return rows.every((row) => /^[\d.,×%\s-]*$/.test(row[column] ?? ''))
}

/** With as many digits as are worth reading; empty for nothing. */
export function shown(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return ''
  if (value >= 100) return Math.round(value).toLocaleString('en')
  return value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

export function times(ratio: number | undefined): string {
  return ratio === undefined ? '' : `${shown(ratio)} ×`
}
