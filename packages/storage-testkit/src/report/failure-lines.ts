import type { Failure } from './conformance-report.js'

const KINDS: Readonly<Record<Failure['kind'], string>> = {
  differs: 'checked',
  threw: 'threw',
  hung: 'gave up',
  stray: 'unhandled',
}

/** Of values longer than this together, only what differs is shown. */
const LONG = 320
const MAX_LINES = 40

/** How something broke, in lines. */
export function failureLines(failure: Failure): readonly string[] {
  const { kind, message, difference, code, calls = [], stack } = failure
  const expected = labelled('expected', failure.expected)
  const seen = labelled('seen', failure.seen)
  const isLong = difference !== undefined && [...expected, ...seen].join('').length > LONG
  return [
    ...labelled(KINDS[kind], message === '' ? code : message),
    ...(isLong ? labelled('differs', difference) : [...expected, ...seen]),
    ...labelled('at', kind === 'differs' ? undefined : placesIn(stack)),
    ...labelled('calls', calls.length === 0 ? undefined : calls.join('\n')),
  ]
}

/** A label and a text; further lines of the text stand below its first. */
export function labelled(label: string, text: string | undefined): readonly string[] {
  if (text === undefined || text === '') return []
  const [first = '', ...rest] = clipped(text.split('\n'))
  return [`${label.padEnd(10)} ${first}`, ...rest.map((line) => `${' '.repeat(11)}${line}`)].map((line) =>
    line.trimEnd(),
  )
}

function clipped(lines: readonly string[]): readonly string[] {
  return lines.length <= MAX_LINES ? lines : [...lines.slice(0, MAX_LINES), `… ${lines.length - MAX_LINES} lines more`]
}

/** The first places of a stack that are not Node's own, of the error and of what caused it. */
function placesIn(stack = ''): string | undefined {
  const own = stack.split('\n').filter((line) => /^ +at |^caused by: /.test(line) && !/\(?node:/.test(line))
  return own.length === 0
    ? undefined
    : own
        .slice(0, 4)
        .map((line) => line.trim().replace(/^at /, ''))
        .join('\n')
}
