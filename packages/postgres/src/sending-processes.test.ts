import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Item, waveOfSeq } from '@broadside/core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { TestDatabase } from '../test/database.js'
import { type KilledRun, killedRun } from '../test/killed-run.js'
import { isEastern, MEMBERS, memberIds } from '../test/sending-audiences.js'
import type { SentSending } from '../test/sent-sending.js'

/** `SENDING_PROCESSES_SEED=7` kills others at other moments. */
const SEED = Number(process.env.SENDING_PROCESSES_SEED ?? 1)
/** Each engine takes the database's time from one answer, so by as much as the way of that may take their clocks differ from ours. */
const CLOCK_TOLERANCE_MS = 250
const ORDER = ['preparing', 'prepared', 'transmitting', 'transmitted']

const database = await TestDatabase.start()
const directory = mkdtempSync(join(tmpdir(), 'broadside-postgres-'))
let run: KilledRun
const states: unknown[] = []

beforeAll(async () => {
  run = await killedRun({ database, seed: SEED, ledgerPath: join(directory, 'ledger') })
}, 180_000)

afterEach(({ task }) => {
  states.push(task.result?.state)
})

afterAll(async () => {
  await database.stop()
  const isFine = states.length > 0 && states.every((state) => state === 'pass')
  if (isFine) rmSync(directory, { recursive: true })
  else console.error(`What the processes of seed ${SEED} did is to be read in ${directory}.`)
})

function called(name: string): SentSending {
  const found = run.sendings.find((sending) => sending.name === name)
  if (found === undefined) throw new Error(`there is no sending ${name}`)
  return found
}

describe(`sendings of several processes that are killed again and again (seed ${SEED})`, () => {
  it('are killed at while they are prepared and sent, and not by themselves', () => {
    expect(run.statusesThen.filter((status) => status !== 'transmitted')).not.toEqual([])
    for (const end of run.killed) expect(end).toEqual({ signal: 'SIGKILL', exitCode: null, errors: '' })
    for (const end of run.dismissed) expect(end).toEqual({ signal: null, exitCode: 0, errors: '' })
  })

  it('are transmitted, and their counters add up', () => {
    for (const { name, info } of run.sendings) {
      expect({ name, status: info.status, ...info.counters }).toEqual({
        name,
        status: 'transmitted',
        ...{ received: MEMBERS, enqueued: MEMBERS, pending: 0 },
        ...{ error: 0, skipped: 0, cancelled: 0, expired: 0, uncertain: 0 },
      })
    }
  })

  it('reach everybody, and nobody more often than it was tried', () => {
    for (const { name, items, arrivals } of run.sendings) {
      const reached = [...arrivals.values()].map(([first]) => first?.recipient)
      expect(reached.sort()).toEqual(memberIds(name).sort())
      const tries = new Map(items.map(({ messageId, attempts }) => [messageId, attempts]))
      expect([...arrivals].filter(([messageId, { length }]) => length > (tries.get(messageId) ?? 0))).toEqual([])
    }
    const doubted = run.sendings.flatMap(({ items }) => items.filter(({ attempts }) => attempts > 1))
    expect(doubted).not.toEqual([])
  })

  it('tell each of their transitions once and in order; only who was killed may have kept it to itself', () => {
    for (const { info, lines } of run.sendings) {
      const told = lines.flatMap((line) => (line.type === 'transition' && line.pid !== process.pid ? [line.to] : []))
      expect(told).toEqual(ORDER.filter((status) => told.some((one) => one === status)))
      if (Number(info.finishedAt) > run.lastKillAt + CLOCK_TOLERANCE_MS) expect(told).toContain('transmitted')
      expect(lines.filter(({ type }) => type === 'trouble' || type === 'unfit')).toEqual([])
    }
  })

  it('wait for their instants', () => {
    const [prescheduled, zoned] = [called('prescheduled'), called('zoned')]
    const { dueAt = Number.POSITIVE_INFINITY, startedAt } = prescheduled.info
    expect(startedAt).toBeLessThan(dueAt)
    expect(early(prescheduled, () => dueAt)).toEqual([])
    const { schedule } = zoned.info.definition
    const secondAt = schedule?.type === 'absolute' ? Date.parse(schedule.at) : Number.POSITIVE_INFINITY
    expect(new Set(zoned.items.map(({ seq }) => waveOfSeq(seq))).size).toBe(2)
    expect(early(zoned, (recipient) => (isEastern(recipient) ? 0 : secondAt))).toEqual([])
  })

  it('send their variants to those who test, and the champion to all others', () => {
    const sending = called('tested')
    const [{ champion, testGroup } = {}] = sending.results
    const told = sending.lines.flatMap((line) => (line.type === 'champion' ? [line.variant] : []))
    expect([[], [champion]]).toContainEqual(told)
    const [test = [], rest = []] = wavesOf(sending.items).sort((a, b) => a.length - b.length)
    expect(test.length + rest.length).toBe(MEMBERS)
    expect(Object.fromEntries(variantsOf(test, sending))).toEqual(
      Object.fromEntries(testGroup?.map(({ variant, counters }) => [variant, counters.received]) ?? []),
    )
    expect([...variantsOf(rest, sending)]).toEqual([[champion, rest.length]])
  })
})

/** What arrived before its time. */
function early({ arrivals }: SentSending, dueAt: (recipient: string) => number) {
  return [...arrivals.values()].flat().filter(({ at, recipient }) => at < dueAt(recipient) - CLOCK_TOLERANCE_MS)
}

function wavesOf(items: readonly Item[]): (readonly Item[])[] {
  const waves = new Map<number, Item[]>()
  for (const item of items) {
    const wave = waveOfSeq(item.seq)
    const known = waves.get(wave)
    if (known === undefined) waves.set(wave, [item])
    else known.push(item)
  }
  return [...waves.values()]
}

/** How many of the items have arrived with each variant. One that came with two counts for both. */
function variantsOf(items: readonly Item[], { arrivals }: SentSending): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { messageId } of items) {
    const variants = new Set(arrivals.get(messageId)?.map(({ variant = '' }) => variant))
    for (const variant of variants) counts.set(variant, (counts.get(variant) ?? 0) + 1)
  }
  return counts
}
