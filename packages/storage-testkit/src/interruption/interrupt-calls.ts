import assert from 'node:assert/strict'
import { isBroadsideError, type Storage } from '@broadside/core'
import type { Harness } from '../harness.js'
import type { Interruption } from './interruption.js'
import type { Scenario } from './scenarios.js'
import { standingOf, textOf } from './standing.js'

/** More statements than any call has. */
const MOST_STATEMENTS = 500

export interface InterruptParams {
  readonly storage: Storage
  readonly harness: Harness
  readonly scenario: Scenario
}

/** A call that may be made, and how things stood before it. */
interface Attempt {
  readonly jobId: string
  readonly call: () => Promise<unknown>
  readonly before: string
}

interface Outcome {
  readonly answer?: string
  readonly error?: Error
  readonly cameAbout: boolean
}

/** Interrupts the call of one scenario in every way, on a new job after each time it has got through. */
export class InterruptedCalls {
  readonly #params: InterruptParams
  #jobs = 0

  constructor(params: InterruptParams) {
    this.#params = params
  }

  /**
   * Interrupts the call at its first statement, at its second, and so on until it gets through. Checks that each time it has either
   * rejected and done nothing, or resolved and done all.
   */
  async atEachStatement(): Promise<void> {
    const whole = await this.#whole()
    let attempt = await this.#next()
    for (let nth = 1; nth <= MOST_STATEMENTS; nth += 1) {
      const outcome = await this.#interrupted(attempt, { of: 'statement', nth })
      assert.ok(
        nth > 1 || outcome.cameAbout,
        'the harness interrupts the first statement of a call: `interrupt` has done nothing',
      )
      const after = await this.#standing(attempt)
      if (outcome.error) {
        assert.equal(after, attempt.before, `failing at statement ${nth}, the call has changed nothing`)
        continue
      }
      const got = { answer: outcome.answer, after }
      assert.deepEqual(got, whole, `getting through in spite of statement ${nth}, the call has done all, and once`)
      if (!outcome.cameAbout) return
      attempt = await this.#next()
    }
    assert.fail(`the call gets through: it has fewer than ${MOST_STATEMENTS} statements`)
  }

  /** Takes the answer of the commit away. Checks that the call has done all or nothing, and that making it again leads to the same end. */
  async withoutAnswer(): Promise<void> {
    const whole = await this.#whole()
    const attempt = await this.#next()
    const { error, answer } = await this.#interrupted(attempt, { of: 'commit-answer', nth: 1 })
    const after = await this.#standing(attempt)
    if (!error) {
      assert.deepEqual({ answer, after }, whole, 'a call that resolves has done all, and once')
      return
    }
    assert.ok([attempt.before, whole.after].includes(after), `a call has done all or nothing; it has led to:\n${after}`)
    await attempt.call()
    assert.equal(await this.#standing(attempt), whole.after, 'made again, the call leads to what it should have led to')
  }

  async #next(): Promise<Attempt> {
    const { storage, scenario } = this.#params
    this.#jobs += 1
    const jobId = `job-${String(this.#jobs).padStart(4, '0')}`
    const call = await scenario.prepare(storage, jobId)
    return { jobId, call, before: await standingOf(storage, jobId) }
  }

  /** What the call answers when nobody interrupts it, and what it leads to. */
  async #whole(): Promise<{ readonly answer: string; readonly after: string }> {
    const attempt = await this.#next()
    const answer = textOf(await attempt.call(), attempt.jobId)
    return { answer, after: await this.#standing(attempt) }
  }

  #standing({ jobId }: Attempt): Promise<string> {
    return standingOf(this.#params.storage, jobId)
  }

  async #interrupted({ jobId, call }: Attempt, interruption: Interruption): Promise<Outcome> {
    const { storage, harness } = this.#params
    const takeBack = harness.interrupt?.(storage, interruption)
    assert.ok(takeBack, 'the harness interrupts')
    try {
      const answer = textOf(await call(), jobId)
      return { answer, cameAbout: takeBack() }
    } catch (error) {
      assert.ok(takeBack(), `a call that nobody has interrupted does not fail: ${error}`)
      assert.ok(isBroadsideError(error, 'STORAGE_FAILED'), `the call rejects with STORAGE_FAILED, not with ${error}`)
      return { error, cameAbout: true }
    }
  }
}
