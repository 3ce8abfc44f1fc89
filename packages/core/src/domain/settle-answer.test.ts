import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ITEM_STATUSES } from '../model/item.js'
import { answerToSettled } from './settle-answer.js'

const status = fc.constantFrom(...ITEM_STATUSES)
const item = fc.record({ status, held: fc.boolean(), token: fc.constantFrom('a', undefined), spent: fc.boolean() })

describe('answerToSettled', () => {
  it('is stale for every token but the one that had it last', () => {
    fc.assert(
      fc.property(item, status, (state, to) => {
        expect(answerToSettled({ job: {}, item: state, token: 'b', to })).toBe('stale')
      }),
    )
  })

  it('lets the first outcome win: what is settled for good never changes', () => {
    const settled = item.filter(({ status: was }) => was !== 'pending' && was !== 'uncertain')
    fc.assert(
      fc.property(settled, status, (state, to) => {
        expect(answerToSettled({ job: {}, item: state, token: 'a', to })).not.toBe('applied')
      }),
    )
  })

  it.each([
    ['a retry that its lease holds', { status: 'pending', held: true, spent: false }, 'enqueued', 'applied'],
    ['a retry that a reap has freed', { status: 'pending', held: false, spent: false }, 'enqueued', 'applied'],
    ['a repeat', { status: 'enqueued', held: false, spent: true }, 'enqueued', 'already'],
    ['a repeat of what is to be tried again', { status: 'pending', held: false, spent: true }, 'pending', 'already'],
    ['what a reap has settled for good', { status: 'error', held: false, spent: false }, 'enqueued', 'stale'],
    ['what a reap left uncertain', { status: 'uncertain', held: false, spent: false }, 'enqueued', 'applied'],
    ['what it left uncertain itself', { status: 'uncertain', held: false, spent: true }, 'error', 'applied'],
    ['doubt about what is uncertain', { status: 'uncertain', held: false, spent: true }, 'uncertain', 'already'],
    ['another try of what is uncertain', { status: 'uncertain', held: false, spent: false }, 'pending', 'stale'],
  ] as const)('answers %s', (_, state, to, answer) => {
    expect(answerToSettled({ job: {}, item: { ...state, token: 'a' }, token: 'a', to })).toBe(answer)
  })

  it('is too late for an open item that was closed with its job, and in time for one in flight', () => {
    const job = { closedAs: 'cancelled' } as const
    const retry = { status: 'pending', token: 'a', spent: false } as const
    expect(answerToSettled({ job, item: { ...retry, held: false }, token: 'a', to: 'enqueued' })).toBe('stale')
    expect(answerToSettled({ job, item: { ...retry, held: true }, token: 'a', to: 'enqueued' })).toBe('applied')
  })
})
