import assert from 'node:assert/strict'
import type { Claim, ClaimParams } from '@broadside/core'
import type { ModelItem } from './model-item.js'
import type { ModelJob } from './model-job.js'

export interface ChoiceParams {
  readonly job: ModelJob
  readonly claimed: Claim
  readonly params: ClaimParams
  /** What the storage chose. */
  readonly items: readonly ModelItem[]
  /** What it could choose from, by seq. */
  readonly candidates: readonly ModelItem[]
}

/** Checks that a claim is one that the contract allows: which items, how many, and how many of them count as started. */
export function assertChoice(choice: ChoiceParams): void {
  const { claimed, params, items, candidates } = choice
  const seqs = claimed.items.map(({ seq }) => seq)
  assert.deepEqual(
    seqs,
    [...seqs].sort((a, b) => a - b),
    'items are handed out by seq',
  )
  assert.equal(new Set(seqs).size, claimed.items.length, 'an item is handed out once')
  assert.ok(items.length > 0 && items.length === claimed.items.length, 'items of the job are handed out')
  assert.ok(
    items.every((item) => candidates.includes(item)),
    'only what can be claimed is handed out',
  )
  assert.ok(items.length <= params.limit, 'at most `limit` items are handed out')
  if (params.source === 'range') assertRun(choice)
  else assertEarliest(choice)
  assertStarted(choice)
}

function assertRun({ job, params, items, candidates }: ChoiceParams): void {
  assert.deepEqual(
    items.map(({ seq }) => seq),
    candidates.slice(0, items.length).map(({ seq }) => seq),
    'a range is claimed from its lowest seq on',
  )
  const [first, last] = [items.at(0)?.seq ?? 0, items.at(-1)?.seq ?? 0]
  const between = job.items.filter(({ seq }) => seq >= first && seq <= last)
  const unsettled = between.filter(({ status, source }) => status === 'pending' && source === 'range')
  assert.equal(unsettled.length, items.length, 'a claimed range is one contiguous run')
  assert.ok(items.length <= boundOf(items), `a piece of a reaped range is at most half of it: ${boundOf(items)}`)
  if (candidates.every(({ lastToken }) => lastToken === undefined)) {
    assert.equal(items.length, Math.min(params.limit, candidates.length), 'a fresh range is handed out up to `limit`')
  }
}

function assertEarliest({ params, items, candidates }: ChoiceParams): void {
  const left = candidates.filter((item) => !items.includes(item))
  const latestTaken = Math.max(...items.map(({ dueAt }) => dueAt))
  assert.ok(
    left.every(({ dueAt }) => dueAt >= latestTaken),
    'the earliest retries are claimed first',
  )
  if (boundOf(candidates) < Number.POSITIVE_INFINITY) return
  assert.equal(items.length, Math.min(params.limit, candidates.length), 'due retries are handed out up to `limit`')
}

/** The last suspect of a crash counts as started by itself. Where a piece is single for another reason, it may. */
function assertStarted({ claimed, params, items }: ChoiceParams): void {
  const asked = items[Math.min(params.start, items.length) - 1]?.seq ?? -1
  const single = items.length === 1 ? (items[0]?.seq ?? -1) : -1
  const bound = boundOf(items)
  const allowed = [asked]
  if (bound < Number.POSITIVE_INFINITY) allowed.push(single)
  const required = bound === 1 && params.source === 'range' ? [Math.max(asked, single)] : allowed
  assert.ok(required.includes(claimed.startedThrough), `startedThrough ${claimed.startedThrough} is among ${required}`)
}

function boundOf(items: readonly ModelItem[]): number {
  return Math.min(...items.map(({ bound }) => bound))
}
