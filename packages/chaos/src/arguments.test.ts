import { describe, expect, it } from 'vitest'
import { ArgumentError, readArguments } from './arguments.js'

describe('the arguments', () => {
  it('have defaults', () => {
    expect(readArguments([])).toEqual({
      items: 20_000,
      minutes: 1.5,
      storages: ['sqlite', 'postgres'],
      workers: 4,
      seed: undefined,
      keep: false,
    })
  })

  it('are read', () => {
    const args = ['--items', '7', '--minutes', '0.25', '--storage', 'postgres', '--workers', '2', '--seed', '0']
    expect(readArguments(args)).toMatchObject({ items: 7, minutes: 0.25, storages: ['postgres'], workers: 2, seed: 0 })
    expect(readArguments(['--help'])).toBe('help')
  })

  it.each([
    ['--items', '0'],
    ['--items', '1e3'],
    ['--minutes', '-1'],
    ['--minutes', '0'],
    ['--minutes', 'two'],
    ['--storage', 'redis'],
    ['--workers', '33'],
    ['--seed', '-1'],
    ['--sead', '1'],
  ])('%s %s is refused, by name', (option, value) => {
    expect(() => readArguments([`${option}=${value}`])).toThrow(ArgumentError)
    expect(() => readArguments([`${option}=${value}`])).toThrow(option)
  })
})
