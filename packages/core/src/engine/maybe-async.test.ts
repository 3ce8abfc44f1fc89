import { describe, expect, it } from 'vitest'
import { runAsync, runSync, type Steps, wait } from './maybe-async.js'

function* sum(...parts: readonly (number | Promise<number> | PromiseLike<number>)[]): Steps<number> {
  let total = 0
  for (const part of parts) total += yield* wait(part as number)
  return total
}

/** Turns a fault of a step into an answer, as a command does that has something to say about it. */
function* recovering(step: () => unknown): Steps<string> {
  try {
    yield* wait(step())
    return 'went well'
  } catch (error) {
    return `caught ${(error as Error).message}`
  }
}

/** What some drivers give for a promise. */
class Query {
  // biome-ignore lint/suspicious/noThenProperty: this is what makes it awaitable
  then<T>(onValue: (value: number) => T): Promise<T> {
    return Promise.resolve(1).then(onValue)
  }
}

function* failing(): Steps<never> {
  yield* wait(1)
  throw new Error('broken')
}

describe('runAsync', () => {
  it('awaits each step and takes plain values as they are', async () => {
    expect(await runAsync(sum(1, Promise.resolve(2), 3))).toBe(6)
    expect(await runAsync(sum())).toBe(0)
  })

  it('throws a rejection where the step stands, so that it can be caught there', async () => {
    expect(await runAsync(recovering(() => Promise.reject(new Error('down'))))).toBe('caught down')
    expect(await runAsync(recovering(() => Promise.resolve()))).toBe('went well')
  })

  it('rejects with what the steps throw', async () => {
    await expect(runAsync(sum(1, Promise.reject(new Error('down'))))).rejects.toThrow('down')
    await expect(runAsync(failing())).rejects.toThrow('broken')
  })

  it('takes steps one after the other', async () => {
    const order: string[] = []
    function* steps(): Steps<void> {
      for (const name of ['a', 'b']) {
        order.push(`begin ${name}`)
        yield* wait(Promise.resolve().then(() => order.push(`end ${name}`)))
      }
    }
    await runAsync(steps())
    expect(order).toEqual(['begin a', 'end a', 'begin b', 'end b'])
  })
})

describe('runSync', () => {
  it('goes straight through', () => {
    expect(runSync(sum(1, 2, 3))).toBe(6)
    expect(runSync(recovering(() => 1))).toBe('went well')
    expect(() => runSync(failing())).toThrow('broken')
  })

  it.each<[string, () => PromiseLike<number>]>([
    ['a promise', () => Promise.resolve(1)],
    ['a promise that rejects', () => Promise.reject(new Error('down'))],
    ['a query of a driver', () => new Query() as PromiseLike<number>],
  ])('refuses %s, and says what to do', (_, step) => {
    expect(() => runSync(sum(step()))).toThrow(
      expect.objectContaining({
        name: 'BroadsideError',
        code: 'NOT_SUPPORTED',
        message: expect.stringContaining('Resolve the content beforehand'),
      }),
    )
  })

  it('takes content with a field named `then` for content', () => {
    const content: unknown = JSON.parse('{"then":"and then"}')
    function* steps(): Steps<unknown> {
      return yield* wait(content)
    }
    expect(runSync(steps())).toBe(content)
  })
})
