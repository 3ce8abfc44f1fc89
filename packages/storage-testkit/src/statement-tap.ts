import type { Interruption } from './interruption/interruption.js'
import { addedWork, NO_WORK, type Work } from './work/work.js'

/** A statement on its way to the database. */
export interface Passage<T> {
  /** Has it run, as the driver does. */
  readonly run: () => T
  /** What the driver does when a statement has failed, or its answer is lost: throws, or returns a promise that rejects. */
  readonly fail: (of: Interruption['of']) => T
  /** It ends a transaction by keeping it. */
  readonly commits?: boolean | undefined
  /** What it had the database do, besides being a statement. */
  readonly workOf?: ((result: Awaited<T>) => Partial<Work>) | undefined
}

/**
 * Sits between an adapter and its driver: counts what passes, and lets one statement fail when it is told to. It is all that a
 * harness needs for `work` and `interrupt`.
 *
 * @example
 * const tap = new StatementTap()
 * const tapped = {
 *   query: (text, values) =>
 *     tap.pass({
 *       run: () => client.query(text, values),
 *       fail: () => Promise.reject(new Error('connection lost')),
 *       commits: text === 'commit',
 *       workOf: ({ rowCount }) =>
 *         text.startsWith('select')
 *           ? { rowsRead: rowCount }
 *           : { rowsWritten: rowCount, counterUpdates: text.startsWith('update jobs set received') ? 1 : 0 },
 *     }),
 * }
 */
export class StatementTap {
  #work = NO_WORK
  #armed: Armed | undefined

  /** What has passed so far. */
  get work(): Work {
    return this.#work
  }

  /** Adds work that the database tells of by itself. */
  count(work: Partial<Work>): void {
    this.#work = addedWork(this.#work, work)
  }

  /** Lets one statement fail. Returns the way to take that back, which says whether it has come about. */
  interrupt(interruption: Interruption): () => boolean {
    const armed = { interruption, passed: 0, hasComeAbout: false }
    this.#armed = armed
    return () => {
      if (this.#armed === armed) this.#armed = undefined
      return armed.hasComeAbout
    }
  }

  /** Lets a statement through to the database; what `run` throws or rejects with passes unchanged. */
  pass<T>({ run, fail, commits = false, workOf }: Passage<T>): T {
    if (this.#meets('statement')) return fail('statement')
    this.count({ statements: 1 })
    const losesAnswer = commits && this.#meets('commit-answer')
    const answer = (value: Awaited<T>) => {
      if (workOf) this.count(workOf(value))
      return losesAnswer ? fail('commit-answer') : value
    }
    const result = run()
    return (isPromise(result) ? result.then((value) => answer(value as Awaited<T>)) : answer(result as Awaited<T>)) as T
  }

  #meets(of: Interruption['of']): boolean {
    const armed = this.#armed
    if (armed?.interruption.of !== of) return false
    armed.passed += 1
    if (armed.passed < armed.interruption.nth) return false
    armed.hasComeAbout = true
    this.#armed = undefined
    return true
  }
}

interface Armed {
  readonly interruption: Interruption
  /** How many that it is counted by have passed. */
  passed: number
  hasComeAbout: boolean
}

function isPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise
}
