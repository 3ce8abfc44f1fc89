import { describe, expect, it } from 'vitest'
import type { CaseReport, ConformanceReport, ModelReport } from './conformance-report.js'
import { formatConformance } from './format-conformance.js'
import { UNASKED } from './unasked.js'

function caseReport(name: string, more: Partial<CaseReport> = {}): CaseReport {
  return { name, guarantee: `What ${name} says`, result: 'held', tookMs: 1, ...more }
}

function modelReport(more: Partial<ModelReport> = {}): ModelReport {
  return { result: 'held', numRuns: 100, seed: 7, happened: [], tookMs: 1, ...more }
}

function report(more: Partial<ConformanceReport> = {}): ConformanceReport {
  return { name: 'mine', passed: true, interrupted: false, cases: [], mutants: [], tookMs: 1, ...more }
}

const skip = (name: string, reason: string) => caseReport(name, { result: 'skipped', reason })

const stale = caseReport('settle/another-token-is-stale', {
  guarantee: 'A token settles nothing that another lease holds or has settled',
  result: 'broken',
  failure: {
    kind: 'differs',
    message: '',
    expected: "{ answers: [ 'stale' ] }",
    seen: "{ answers: [ 'applied' ] }",
    difference: "answers[0]: expected 'stale', seen 'applied'",
    code: "assert.deepEqual({ answers }, { answers: ['stale'] })",
    calls: ["claim({ token: 'a' }) → { items: [ 0 ] }", "settle({ token: 'b' }) → { answers: [ 'applied' ] }"],
  },
})

const lines = (text: string) => text.split('\n')

/** The lines between a heading and the next empty line. */
function section(text: string, heading: string): readonly string[] {
  const from = lines(text).findIndex((line) => line.startsWith(heading))
  const rest = lines(text).slice(from)
  return from < 0 ? [] : rest.slice(0, rest.indexOf(''))
}

describe('the table', () => {
  it('counts by group, in the order of the contract, with groups of the author’s own at the end', () => {
    const cases = [
      caseReport('mine/own'),
      stale,
      caseReport('settle/b'),
      caseReport('create/a'),
      skip('durable/a', 'x'),
    ]
    expect(section(formatConformance(report({ cases })), 'guarantees')).toEqual([
      'guarantees                                        held  skipped  broken',
      'create      a new job                                1        .       .',
      'settle      outcomes, under the token of a lease     1        .       1',
      'durable     what outlives the process                .        1       .',
      'mine                                                 1        .       .',
      'all                                                  3        1       1',
    ])
  })

  it('has a column for each of several adapters', () => {
    const one = report({ name: 'sqlite: a file', cases: [caseReport('create/a'), skip('durable/a', 'x')] })
    const two = report({ name: 'mine', cases: [caseReport('create/a'), stale, skip('durable/a', 'x')] })
    const text = formatConformance([one, two])
    expect(lines(text).slice(0, 8)).toEqual([
      '            sqlite: a',
      'guarantees       file     mine',
      'create              1        1',
      'settle              .       !1',
      'durable            -1       -1',
      'all              1 -1  1 -1 !1',
      '',
      'n guarantees held, -n skipped, !n broken',
    ])
  })
})

describe('what was skipped', () => {
  const cases = [
    skip('durable/a', 'it is not durable'),
    skip('durable/b', 'it is not durable'),
    skip('wake/a', 'it does not wake'),
    skip('shared/wakes', 'it does not wake'),
    caseReport('shared/b'),
  ]

  it('is told by reason, whole groups in one word', () => {
    expect(section(formatConformance(report({ cases })), 'Skipped')).toEqual([
      'Skipped',
      '  2 because it is not durable: durable/*',
      '  2 because it does not wake: wake/*, shared/wakes',
    ])
  })

  it('is counted where it is most of a group', () => {
    const most = ['a', 'b', 'c', 'd'].map((name) => skip(`shared/${name}`, 'it is not shared'))
    const text = formatConformance(report({ cases: [...most, caseReport('shared/e')] }))
    expect(section(text, 'Skipped')[1]).toBe('  4 because it is not shared: 4 of 5 shared/*')
  })

  it('is told once for adapters that have it in common', () => {
    const text = formatConformance([report({ name: 'one', cases }), report({ name: 'two', cases: cases.slice(0, 2) })])
    expect(section(text, 'Skipped')).toEqual([
      'Skipped',
      '  2 because it is not durable: durable/*',
      '    all',
      '  2 because it does not wake: wake/*, shared/wakes',
      '    one',
    ])
  })
})

describe('a broken guarantee', () => {
  it('comes in words, with what should have been and what was, and where to read on', () => {
    const text = formatConformance(report({ passed: false, cases: [stale, caseReport('settle/b')] }))
    const from = lines(text).indexOf('Broken by mine: 1 of 2 guarantees')
    expect(lines(text).slice(from, from + 10)).toEqual([
      'Broken by mine: 1 of 2 guarantees',
      '',
      '  A token settles nothing that another lease holds or has settled',
      '    case       settle/another-token-is-stale',
      "    checked    assert.deepEqual({ answers }, { answers: ['stale'] })",
      "    expected   { answers: [ 'stale' ] }",
      "    seen       { answers: [ 'applied' ] }",
      "    calls      claim({ token: 'a' }) → { items: [ 0 ] }",
      "               settle({ token: 'b' }) → { answers: [ 'applied' ] }",
      '    read on    Storage.settle (docstrings of @broadside/core)',
    ])
  })

  it('of long values shows what differs', () => {
    const long = {
      ...stale.failure,
      kind: 'differs',
      message: 'the items',
      expected: 'x'.repeat(300),
      seen: 'y',
    } as const
    const text = formatConformance(report({ cases: [{ ...stale, failure: long }] }))
    expect(text).toContain("    differs    answers[0]: expected 'stale', seen 'applied'")
    expect(text).not.toContain('xxx')
  })

  it('by a call that failed says where, without Node’s own places', () => {
    const stack = [
      'Error: no such column: seq',
      '    at run (/home/me/adapter.js:3:9)',
      '    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
      'caused by: Error: SQL',
      '    at prepare (/home/me/driver.js:7:1)',
    ].join('\n')
    const failure = { kind: 'threw', message: 'Error: no such column: seq', stack } as const
    const text = formatConformance(report({ cases: [{ ...stale, failure }] }))
    expect(text).toContain(
      [
        '    threw      Error: no such column: seq',
        '    at         run (/home/me/adapter.js:3:9)',
        '               caused by: Error: SQL',
        '               prepare (/home/me/driver.js:7:1)',
      ].join('\n'),
    )
  })
})

describe('the model', () => {
  it('has a seed, held or not', () => {
    expect(section(formatConformance(report({ model: modelReport() })), 'Random runs')).toEqual([
      'Random runs, compared with the model',
      '  100 agree, seed 7',
    ])
    const failure = { kind: 'differs', message: 'item 0: stale is not among applied' } as const
    const model = modelReport({ result: 'broken', path: '4:1', failure, happened: ['create job-1', 'claim job-1'] })
    expect(section(formatConformance(report({ model })), 'Random runs').slice(1)).toEqual([
      '  BROKEN',
      '    checked    item 0: stale is not among applied',
      '    happened   create job-1',
      '               claim job-1',
      "    again by   modelCheck({ harness, seed: 7, path: '4:1' })",
    ])
  })
})

describe('mutants', () => {
  const failure = { kind: 'differs', message: 'what b is handed', expected: "'nothing'", seen: "'items 0'" } as const
  const mutants = [
    { name: 'one', result: 'killed', killedBy: 'claim/a', failure },
    { name: 'two', result: 'survived' },
    { name: 'three', result: 'skipped', reason: 'it is not durable' },
  ] as const

  it('are counted, and those that survive named', () => {
    const text = formatConformance(report({ passed: false, mutants }))
    expect(section(text, 'Mutants')).toEqual([
      'Mutants: 1 of 2 killed, which is not all (1 in front of mine)',
      '  SURVIVED in front of mine: two',
      '  1 skipped because it is not durable: three',
    ])
    expect(lines(text).at(-2)).toBe('NOT OK mine: 0 held, 0 skipped, 0 broken, 1 mutant survived')
  })

  it('are counted together, whatever storage showed them', () => {
    const three = { name: 'three', result: 'killed', killedBy: 'durable/a', failure } as const
    const text = formatConformance([report({ mutants }), report({ name: 'other', mutants: [three] })])
    expect(section(text, 'Mutants')).toEqual([
      'Mutants: 2 of 3 killed, which is not all (1 in front of mine, 1 in front of other)',
      '  SURVIVED in front of mine: two',
    ])
  })

  it('in detail come with what killed them', () => {
    const text = formatConformance(report({ mutants, cases: [caseReport('claim/a')] }), { details: true })
    expect(section(text, '  one')).toEqual([
      '  one',
      '    killed by  claim/a',
      '    it broke   What claim/a says',
      '    checked    what b is handed',
      "    expected   'nothing'",
      "    seen       'items 0'",
    ])
  })
})

describe('the end', () => {
  it('says what no case can ask, and how each adapter stands', () => {
    const text = formatConformance([report({ name: 'one' }), report({ name: 'two', passed: false, interrupted: true })])
    for (const line of UNASKED) expect(text).toContain(`  ${line}`)
    expect(lines(text).slice(-3)).toEqual([
      'OK     one: 0 held, 0 skipped, 0 broken',
      'NOT OK two: 0 held, 0 skipped, 0 broken, interrupted',
      '',
    ])
  })
})
