import { CONTRACT_GROUPS, groupOf } from '../contract/contract-groups.js'
import type { CaseReport, ConformanceReport } from './conformance-report.js'
import { textTable } from './text-table.js'

const RESULTS = ['held', 'skipped', 'broken', 'not run'] as const
const NONE = '.'

/** How many guarantees of each group were held, skipped and broken: for one adapter in columns, for several a column each. */
export function groupTable(reports: readonly ConformanceReport[]): readonly string[] {
  const [only] = reports
  return reports.length === 1 && only ? tableOfOne(only) : tableOfSeveral(reports)
}

function tableOfOne({ cases }: ConformanceReport): readonly string[] {
  const shown = RESULTS.filter((result) => result !== 'not run' || countOf(cases, result) > 0)
  const counts = (some: readonly CaseReport[]) => shown.map((result) => String(countOf(some, result) || NONE))
  return textTable(
    [
      ['guarantees', '', ...shown],
      ...groupsOf(cases).map(({ name, about }) => [name, about, ...counts(inGroup(cases, name))]),
      ['all', '', ...counts(cases)],
    ],
    2,
  )
}

/** How wide the name of an adapter may stand above its column, unless it is one long word. */
const NAME_WIDTH = 11

/** The names of the adapters stand above their columns, in several lines. */
function tableOfSeveral(reports: readonly ConformanceReport[]): readonly string[] {
  const names = reports.map(({ name }) => wrapped(name))
  const height = Math.max(...names.map((lines) => lines.length))
  const heading = Array.from({ length: height }, (_, line) => [
    line === height - 1 ? 'guarantees' : '',
    ...names.map((lines) => lines[line - height + lines.length] ?? ''),
  ])
  const cells = (group?: string) =>
    reports.map(({ cases }) => cellOf(group === undefined ? cases : inGroup(cases, group)))
  const groups = groupsOf(reports.flatMap(({ cases }) => cases))
  const rows = groups.map(({ name }) => [name, ...cells(name)])
  return [...textTable([...heading, ...rows, ['all', ...cells()]]), '', ...legend(reports)]
}

/** The words of a name in as few short lines as they take. */
function wrapped(name: string): readonly string[] {
  const lines: string[] = []
  for (const word of name.split(' ')) {
    const longer = `${lines.at(-1) ?? ''} ${word}`.trimStart()
    if (lines.length > 0 && longer.length <= NAME_WIDTH) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}

function cellOf(cases: readonly CaseReport[]): string {
  const [held = 0, skipped = 0, broken = 0, notRun = 0] = RESULTS.map((result) => countOf(cases, result))
  const parts = [held && `${held}`, skipped && `-${skipped}`, broken && `!${broken}`, notRun && `?${notRun}`]
  return parts.filter(Boolean).join(' ') || NONE
}

function legend(reports: readonly ConformanceReport[]): readonly string[] {
  const all = reports.flatMap(({ cases }) => cases)
  const signs = ['-n skipped', '!n broken', '?n not run']
  const used = RESULTS.slice(1).flatMap((result, index) => (countOf(all, result) > 0 ? [signs[index]] : []))
  return [['n guarantees held', ...used].join(', ')]
}

function groupsOf(cases: readonly CaseReport[]): readonly { readonly name: string; readonly about: string }[] {
  const present = new Set(cases.map(({ name }) => groupOf(name)))
  const known = CONTRACT_GROUPS.filter(({ name }) => present.delete(name))
  return [...known, ...[...present].map((name) => ({ name, about: '' }))]
}

function inGroup(cases: readonly CaseReport[], group: string): readonly CaseReport[] {
  return cases.filter(({ name }) => groupOf(name) === group)
}

export function countOf(list: readonly { readonly result: string }[], result: string): number {
  return list.filter((one) => one.result === result).length
}
