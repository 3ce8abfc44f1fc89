import assert from 'node:assert/strict'
import type { SettleAnswer, Settlement, SettleParams, SettleResult } from '@broadside/core'
import fc from 'fast-check'
import { assertRejects } from '../../fixtures/assert-rejects.js'
import { plain } from '../../fixtures/plain.js'
import { commandOf, mostly, TOKEN } from '../command.js'
import type { ModelItem } from '../model-item.js'
import { completeIfDone, controlOf, type ModelJob } from '../model-job.js'
import { isHeld } from '../model-lease.js'
import { applySettlement, OUTCOME, type Outcome, settlementOf } from '../outcomes.js'
import { leaseOf, pick, pickToken, type TokenChoice, type World } from '../world.js'

interface SettleCommand {
  readonly token: TokenChoice
  /** Whose items: those the token was handed out, or any of its job. */
  readonly any: boolean
  /** Every item that the token was handed out. */
  readonly whole: boolean
  readonly outcomes: readonly { readonly item: number; readonly outcome: Outcome }[]
  readonly start: number | undefined
}

/** A settle with any token ever seen. */
export const SETTLE = commandOf(
  'settle',
  fc.record({
    token: TOKEN,
    any: mostly(5).map((own) => !own),
    whole: mostly(3).map((part) => !part),
    outcomes: fc.array(fc.record({ item: fc.nat({ max: 20 }), outcome: OUTCOME }), { minLength: 1, maxLength: 6 }),
    start: fc.option(fc.nat({ max: 20 }), { nil: undefined }),
  }),
  settleItems,
)

/** An earlier settle once more, word by word. */
export const REPLAY = commandOf('replay', fc.record({ settle: fc.nat() }), async (world, { settle }) => {
  const earlier = pick([...world.settles].reverse(), settle)
  if (earlier) await settleWith(world, earlier.job, { ...earlier.params, now: world.now })
})

async function settleItems(world: World, command: SettleCommand): Promise<void> {
  const holder = pickToken(world, command.token)
  if (!holder) return
  const { token, job } = holder
  const handedOut = leaseOf(world, token)?.items ?? job.items
  const items = command.any ? job.items : handedOut
  const chosen = command.whole ? outcomesOfAll(handedOut, command) : outcomesOfSome(items, command)
  const settlements = [...chosen].map(([item, outcome]) => settlementOf(item, outcome, world.now))
  const startedThrough = command.start === undefined ? undefined : pick(items, command.start)?.seq
  await settleWith(world, job, { jobId: job.id, token, now: world.now, settlements, startedThrough })
}

type Chosen = ReadonlyMap<ModelItem, Outcome>

function outcomesOfAll(items: readonly ModelItem[], { outcomes }: SettleCommand): Chosen {
  return new Map(
    items.flatMap((item, index) => {
      const chosen = pick(outcomes, index)
      return chosen ? [[item, chosen.outcome]] : []
    }),
  )
}

function outcomesOfSome(items: readonly ModelItem[], { outcomes }: SettleCommand): Chosen {
  return new Map(
    outcomes.flatMap(({ item: number, outcome }) => {
      const item = pick(items, number)
      return item ? [[item, outcome]] : []
    }),
  )
}

async function settleWith(world: World, job: ModelJob, params: SettleParams): Promise<void> {
  const call = world.storage.settle(params)
  const words = params.settlements.map(({ seq, to }) => `${seq} ${to}`).join()
  world.trace.push(`settle as ${params.token} in ${job.id}: ${words}; started through ${params.startedThrough}`)
  if (job.deleted) return assertRejects(call, 'JOB_NOT_FOUND')
  const result = await call
  world.trace.push(`  ${result.answers.join()}`)
  world.settles.push({ job, params })
  applyAnswers(world, { job, params, result })
}

interface Settled {
  readonly job: ModelJob
  readonly params: SettleParams
  readonly result: SettleResult
}

function applyAnswers(world: World, { job, params, result }: Settled): void {
  const { token, settlements, startedThrough, now } = params
  const lease = leaseOf(world, token)
  if (isHeld(lease)) lease.startedThrough = Math.max(lease.startedThrough, startedThrough ?? -1)
  assert.equal(result.answers.length, settlements.length, 'one answer for each settlement')
  for (const [index, settlement] of settlements.entries()) {
    const item = job.items.find(({ seq }) => seq === settlement.seq)
    const allowed = allowedAnswers(item, token, settlement)
    const answer = result.answers[index]
    assert.ok(answer && allowed.includes(answer), `item ${settlement.seq}: ${answer} is not among ${allowed}`)
    if (!item || answer !== 'applied') continue
    applySettlement(job, item, settlement, now)
    item.settledBy.add(token)
  }
  const completed = completeIfDone(job, now)
  assert.deepEqual([result.completed, result.held], [completed, isHeld(lease)], 'completed and held of settle')
  assert.deepEqual(plain(result.control), plain(controlOf(job)), 'the control state in the answer of settle')
}

/** Every answer that the contract allows; more than one where it leaves open which of two true things is said. */
export function allowedAnswers(
  item: ModelItem | undefined,
  token: string,
  { to }: Settlement,
): readonly SettleAnswer[] {
  const settledItself = item?.settledBy.has(token) ?? false
  if (!item || item.lastToken !== token) return settledItself ? ['already', 'stale'] : ['stale']
  if (item.status === 'uncertain' && to !== 'uncertain' && to !== 'pending') return ['applied']
  if (item.status === 'pending' && !settledItself) return item.revised ? ['applied', 'stale'] : ['applied']
  return settledItself && !item.revised ? ['already'] : ['already', 'stale']
}
