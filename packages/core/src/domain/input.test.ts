import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { BroadsideError } from '../model/error.js'
import { anyValue, TRAPS } from './hostile.fixture.js'
import { parseInput } from './input.js'

const schema = z.strictObject({
  name: z.string().optional(),
  tags: z.array(z.string()).default([]),
  locale: z.union([z.string().min(1), z.record(z.string(), z.object({ subject: z.string() }))]).optional(),
})

function refusalOf(input: unknown): BroadsideError {
  try {
    parseInput(schema, input, 'The job')
  } catch (error) {
    return error as BroadsideError
  }
  throw new Error('was taken')
}

const paths = (error: BroadsideError): string[] => (error.issues ?? []).map(({ path }) => path.join('.'))

describe('parseInput', () => {
  it('gives what the schema makes of it', () => {
    expect(parseInput(schema, { name: 'x' }, 'The job')).toEqual({ name: 'x', tags: [] })
  })

  it('refuses the whole, and lists every bad field with its path', () => {
    const refused = refusalOf({ name: 7, tags: ['a', 1, null] })
    expect(refused).toMatchObject({ name: 'BroadsideError', code: 'INVALID_INPUT' })
    expect(paths(refused)).toEqual(['name', 'tags.1', 'tags.2'])
    expect(refused.message).toMatch(/^The job is not valid, nothing was stored: name: .+; tags\.1: .+; tags\.2: .+/)
  })

  it('calls it by its name where the whole is wrong', () => {
    expect(refusalOf('x').message).toBe(
      'The job is not valid, nothing was stored: The job: Invalid input: expected object, received string',
    )
    expect(refusalOf({ prio: 1 }).message).toContain('"prio"')
  })

  it('says what is wrong within the form that was meant', () => {
    expect(paths(refusalOf({ locale: { nb: { subject: 7 }, en: {} } }))).toEqual([
      'locale.nb.subject',
      'locale.en.subject',
    ])
    expect(refusalOf({ locale: '' }).message).toMatch(/locale: Too small/)
    expect(paths(refusalOf({ locale: 7 }))).toEqual(['locale'])
  })

  it('keeps the message readable, however much is wrong, and the issues whole', () => {
    const many = refusalOf({ tags: new Array(5_000).fill(7) })
    expect(many.issues).toHaveLength(5_000)
    expect(many.message.length).toBeLessThan(5_000)
    expect(many.message).toMatch(/; and 4990 more$/)
    const long = refusalOf({ [`\n\0${'x'.repeat(100_000)}`]: 1 })
    expect(long.message.length).toBeLessThan(1_000)
    expect(long.message).not.toMatch(/\p{Cc}/u)
    expect(refusalOf({ '\ud800': 1 }).message.isWellFormed()).toBe(true)
  })

  it('refuses what throws when it is read, and keeps what was thrown', () => {
    const cause = new Error('no such column')
    const refused = refusalOf({
      get name(): string {
        throw cause
      },
    })
    expect(refused).toMatchObject({
      code: 'INVALID_INPUT',
      message: 'The job is not valid, nothing was stored: The job: cannot be read: no such column',
      issues: [{ path: [], message: 'cannot be read: no such column' }],
      cause,
    })
  })

  it.each(TRAPS)('throws nothing else for %s', (_, make) => {
    for (const input of [make(), { name: make() }, { tags: [make()] }, { locale: { nb: make() } }]) {
      try {
        parseInput(schema, input, 'The job')
      } catch (error) {
        expect(error).toMatchObject({ name: 'BroadsideError', code: 'INVALID_INPUT', issues: expect.any(Array) })
      }
    }
  })

  it('throws nothing else for any value', () => {
    fc.assert(
      fc.property(anyValue, anyValue, (input, locale) => {
        for (const one of [input, { locale }]) {
          try {
            expect(parseInput(schema, one, 'The job').tags).toBeInstanceOf(Array)
          } catch (error) {
            expect(error).toMatchObject({ name: 'BroadsideError', code: 'INVALID_INPUT' })
          }
        }
      }),
    )
  })
})
