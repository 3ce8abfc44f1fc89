import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const MAX_LINES = 12

/** The statement of the kit that threw, as its source has it; `undefined` where there is no source to be read. */
export function checkedCode(stack: string | undefined): string | undefined {
  const [, place, line] =
    /^ +at (?:.*\()?(file:\/\/[^\n]+?|\/[^\n]+?|[A-Z]:\\[^\n]+?):(\d+):\d+\)?$/m.exec(stack ?? '') ?? []
  if (place === undefined) return undefined
  try {
    const source = readFileSync(place.startsWith('file:') ? fileURLToPath(place) : place, 'utf8')
    return statementAt(source.split('\n').slice(Number(line) - 1))
  } catch {
    return undefined
  }
}

/** As many lines as it takes until every bracket is closed. */
function statementAt(lines: readonly string[]): string | undefined {
  let statement = ''
  for (const line of lines.slice(0, MAX_LINES)) {
    statement = joined(statement, line.trim())
    if (count(statement, /[([{]/g) <= count(statement, /[)\]}]/g)) return statement.replace(/;$/, '')
  }
  return undefined
}

/** In one line, without the commas and spaces that only a list over several lines has. */
function joined(before: string, line: string): string {
  if (before === '' || /[([]$/.test(before)) return before + line
  return /^[)\]]/.test(line) ? before.replace(/,$/, '') + line : `${before} ${line}`
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}
