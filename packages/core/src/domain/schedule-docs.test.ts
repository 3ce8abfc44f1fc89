// biome-ignore lint/style/noRestrictedImports: the page under test is a file; nothing pure reads it.
import { readFileSync } from 'node:fs'
import { parseISO } from 'date-fns/parseISO'
import { toDate } from 'date-fns/toDate'
import { describe, expect, it } from 'vitest'
import { isBroadsideError } from '../model/error.js'
import type { PastPolicy, Schedule } from '../model/schedule.js'
import { scheduleSchema } from '../model/schedule.js'
import { dueInZone } from './recipient-zone.js'
import { RELATIVE_GRAMMAR } from './relative-schedule.js'
import { resolveSchedule } from './resolve-schedule.js'

const PAGE = readFileSync(new URL('../../../../docs/schedules.md', import.meta.url), 'utf8')

type Row = Readonly<Record<string, string>>

function cellsOf(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim().replace(/^`|`$/g, ''))
}

/** Every row of every table, by the names of its columns. */
function rowsOf(page: string): Row[] {
  const tables = page.match(/(?:^\|.*\n)+/gm) ?? []
  return tables.flatMap((table) => {
    const [header = '', , ...lines] = table.trim().split('\n')
    const names = cellsOf(header)
    return lines.map((line) => Object.fromEntries(cellsOf(line).map((cell, column) => [names[column], cell])))
  })
}

function cell(row: Row, name: string): string {
  const text = row[name]
  if (text === undefined) throw new Error(`no column ${name}`)
  return text
}

const instantIn = (row: Row, name: string) => parseISO(cell(row, name)).getTime()

/** As the page writes it. */
function shown(instant: number): string {
  return toDate(instant).toISOString().replace('.000Z', 'Z')
}

function codeInstead(make: () => string): string {
  try {
    return make()
  } catch (error) {
    if (!isBroadsideError(error)) throw error
    return error.code
  }
}

function dueInEngineZone(row: Row, schedule: Schedule): string {
  const zone = cell(row, "engine's zone")
  return codeInstead(() => shown(resolveSchedule({ schedule, now: instantIn(row, 'now'), zone }).dueAt))
}

function dueForRecipient(row: Row): string {
  const engineZone = cell(row, "engine's zone")
  const scheduledAt = instantIn(row, 'scheduled')
  const own = cell(row, "recipient's zone")
  const pastPolicy = cell(row, 'past policy') as PastPolicy
  const schedule: Schedule = {
    type: 'absolute',
    at: cell(row, 'at'),
    scheduleType: 'contactTZ',
    pastPolicy,
    prescheduled: false,
  }
  return codeInstead(() => {
    const { inRecipientZones } = resolveSchedule({ schedule, now: scheduledAt, zone: engineZone })
    if (inRecipientZones === undefined) throw new Error('not in recipients’ zones')
    const dueAt = dueInZone({ ...inRecipientZones, engineZone, scheduledAt }, own === 'none' ? undefined : own)
    return dueAt === undefined ? 'left out' : shown(dueAt)
  })
}

const ROWS = rowsOf(PAGE)
const withColumn = (name: string) => ROWS.filter((row) => name in row)
const relative = withColumn('in')
const inRecipientZones = withColumn("recipient's zone")
const absolute = withColumn('at').filter((row) => !inRecipientZones.includes(row))
const prescheduled = withColumn('prepared from')

describe('docs/schedules.md', () => {
  it('has tables of every kind, and no row that is checked by none', () => {
    expect(relative.length).toBeGreaterThan(10)
    expect(absolute.length).toBeGreaterThan(10)
    expect(inRecipientZones.length).toBeGreaterThan(10)
    expect(prescheduled.length).toBeGreaterThan(3)
    expect(relative.length + absolute.length + inRecipientZones.length + prescheduled.length).toBe(ROWS.length)
    expect(PAGE.split('\n').filter((line) => line.startsWith('| 2'))).toHaveLength(ROWS.length)
  })

  it('shows the grammar', () => {
    expect(PAGE).toContain(`\n${RELATIVE_GRAMMAR.source}\n`)
  })

  it.each(relative)('$now and $in', (row) => {
    expect(dueInEngineZone(row, { type: 'relative', in: cell(row, 'in'), prescheduled: false })).toBe(cell(row, 'due'))
  })

  it.each(absolute)('$at', (row) => {
    expect(dueInEngineZone(row, { type: 'absolute', at: cell(row, 'at'), prescheduled: false })).toBe(cell(row, 'due'))
  })

  it.each(inRecipientZones)('$at for a recipient, $due', (row) => {
    expect(dueForRecipient(row)).toBe(cell(row, 'due'))
  })

  it.each(prescheduled)('$schedule', (row) => {
    const schedule = scheduleSchema.parse(JSON.parse(cell(row, 'schedule')))
    const { prepareAt, dueAt } = resolveSchedule({ schedule, now: instantIn(row, 'now'), zone: 'UTC' })
    expect([shown(prepareAt), shown(dueAt)]).toEqual([cell(row, 'prepared from'), cell(row, 'due')])
  })
})
