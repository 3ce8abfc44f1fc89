import { describe, expect, it } from 'vitest'
import { type Passage, StatementTap } from './statement-tap.js'

function statement(more: Partial<Passage<string>> = {}): Passage<string> {
  const fail = () => {
    throw new Error('interrupted')
  }
  return { run: () => 'answer', fail, ...more }
}

describe('a tap', () => {
  it('lets statements through and counts them, and what they had done', () => {
    const tap = new StatementTap()
    expect(tap.pass(statement({ workOf: (answer) => ({ rowsRead: answer.length }) }))).toBe('answer')
    tap.pass(statement({ workOf: () => ({ rowsWritten: 2, counterUpdates: 1 }) }))
    tap.count({ rowsRead: 10 })
    expect(tap.work).toEqual({ statements: 2, rowsRead: 16, rowsWritten: 2, counterUpdates: 1 })
  })

  it('counts what promises answer', async () => {
    const tap = new StatementTap()
    const run = () => Promise.resolve([1, 2, 3])
    const fail = () => Promise.reject(new Error('interrupted'))
    expect(await tap.pass({ run, fail, workOf: (rows) => ({ rowsRead: rows.length }) })).toEqual([1, 2, 3])
    expect(tap.work.rowsRead).toBe(3)
    tap.interrupt({ of: 'statement', nth: 1 })
    await expect(tap.pass({ run, fail })).rejects.toThrow('interrupted')
  })

  it('lets errors of the database through', () => {
    const tap = new StatementTap()
    const run = () => {
      throw new Error('no such table')
    }
    expect(() => tap.pass(statement({ run }))).toThrow('no such table')
  })

  it('fails the nth statement before it has run, once', () => {
    const tap = new StatementTap()
    const ran: number[] = []
    const takeBack = tap.interrupt({ of: 'statement', nth: 2 })
    const passages = [1, 2, 3].map((number) => statement({ run: () => `${ran.push(number)}` }))
    const failed = passages.map((passage) => {
      try {
        tap.pass(passage)
        return false
      } catch {
        return true
      }
    })
    expect([failed, ran, tap.work.statements]).toEqual([[false, true, false], [1, 3], 2])
    expect(takeBack()).toBe(true)
  })

  it('loses the answer of a commit, after it has come about', async () => {
    const tap = new StatementTap()
    tap.interrupt({ of: 'commit-answer', nth: 1 })
    expect(tap.pass(statement())).toBe('answer')
    let committed = false
    const run = async () => {
      committed = true
    }
    const fail = (of: string) => Promise.reject(new Error(of))
    await expect(tap.pass<Promise<void>>({ run, fail, commits: true })).rejects.toThrow('commit-answer')
    expect(committed).toBe(true)
  })

  it('takes an interruption back that has not come about', () => {
    const tap = new StatementTap()
    const takeBack = tap.interrupt({ of: 'statement', nth: 2 })
    tap.pass(statement())
    expect(takeBack()).toBe(false)
    expect(tap.pass(statement())).toBe('answer')
  })
})
