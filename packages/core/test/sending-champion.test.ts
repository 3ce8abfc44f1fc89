import { memoryStorage } from '@broadside/memory'
import { describe, expect, it } from 'vitest'
import type { BroadsideError, ChampionPicker, Recipient, SendingInput } from '../src/index.js'
import { members, recipients, SENDING, sourceOf } from './sending-support.js'
import { type Bench, bench, type Recorder, recorder, START } from './support.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const ZONES = ['Asia/Tokyo', 'Europe/Oslo', 'America/New_York']
/** Nine o'clock in those zones, in hours after the start. */
const NINES = [12, 20, 26]
const contactTZ = { type: 'absolute', at: '2026-01-16 09:00:00', scheduleType: 'contactTZ' } as const
const everywhere: Recipient[] = recipients(60).map((one, i) => ({ ...one, timeZone: ZONES[i % 3] }))

type Champion = { pickedBy?: 'hand' | 'function'; after?: string }
const withChampion = (champion: Champion, more: Partial<SendingInput> = {}): SendingInput => ({
  ...SENDING,
  recipients: recipients(200),
  schedule: { type: 'immediate' },
  experiments: [
    {
      name: 'subject',
      strategy: 'split-with-champion',
      testShare: 0.3,
      variants: [{ name: 'plain' }, { name: 'loud', headers: { subject: 'LOUD' } }],
      champion,
    },
  ],
  ...more,
})
const hours = (at: number | undefined): number | undefined => (at === undefined ? undefined : (at - START) / HOUR)

/** A bench whose provider notes at what hour it sent how many. */
async function timed(
  pickChampion?: ChampionPicker,
): Promise<Bench & { provider: Recorder; sentAt: Map<number, number> }> {
  const sentAt = new Map<number, number>()
  const provider = recorder({
    answer: () => {
      const at = Math.floor((made.clock.now() - START) / HOUR)
      sentAt.set(at, (sentAt.get(at) ?? 0) + 1)
      return { type: 'sent' }
    },
  })
  const made: Bench = await bench({ providers: [provider], pickChampion })
  return { ...made, provider, sentAt }
}

describe('the plan of an experiment in recipients’ zones', () => {
  it('has the rest go when the champion is picked, counted from the last of the test group, as it then does', async () => {
    const { broadside, clock, sentAt } = await timed(() => 'loud')
    const sending = await broadside.sendings.create(
      withChampion({ pickedBy: 'function', after: '4 hours' }, { recipients: everywhere, schedule: contactTZ }),
    )
    const plan = await sending.plan()
    const planned = plan.waves.map(({ dueAt, recipients: count }) => [hours(dueAt), count])
    expect(planned.map(([at]) => at)).toEqual([...NINES, 30])
    expect(plan.testGroup).toBe(60 - (plan.waves[3]?.recipients ?? 0))
    expect(plan).toMatchObject({ recipients: 60, warnings: [], endsAt: START + 30 * HOUR, fitsDeadline: true })
    for (const at of [13, 27]) {
      await clock.advanceTo(START + at * HOUR)
      const later = await sending.plan()
      expect(later.waves.map(({ dueAt, recipients: count }) => [hours(dueAt), count])).toEqual(planned)
    }
    expect((await sending.info()).status).toBe('transmitting')
    await clock.advance(10 * HOUR)
    expect([...sentAt]).toEqual(planned)
    expect((await sending.plan()).waves.map(({ dueAt }) => hours(dueAt))).toEqual([...NINES, 30])
    await broadside.close()
  })

  it('has the rest go at no known instant when a person picks, until one has', async () => {
    const { broadside, clock, sentAt } = await timed()
    const sending = await broadside.sendings.create(
      withChampion({}, { recipients: everywhere, schedule: contactTZ, deadline: { after: '1 hour' } }),
    )
    for (const at of [0, 13]) {
      await clock.advanceTo(START + at * HOUR)
      const plan = await sending.plan()
      expect(plan.waves.map(({ dueAt }) => hours(dueAt))).toEqual([...NINES, undefined])
      expect(plan).toMatchObject({ recipients: 60, endsAt: undefined, durationMs: undefined, fitsDeadline: undefined })
    }
    await sending.pickChampion({ experiment: 'subject', variant: 'loud' })
    const picked = await sending.plan()
    // Those in Tokyo go at once, the others at their nine o'clock.
    expect(picked.waves.map(({ dueAt }) => hours(dueAt))).toEqual([12, 13, 20, 26])
    expect(picked).toMatchObject({ endsAt: START + 26 * HOUR, fitsDeadline: true })
    await clock.advance(20 * HOUR)
    expect([...sentAt]).toEqual(picked.waves.map(({ dueAt, recipients: count }) => [hours(dueAt), count]))
    await broadside.close()
  })
})

describe('the plan', () => {
  it('says how large the test group is, and warns of an empty one', async () => {
    const { broadside, clock, provider } = await timed()
    const sending = await broadside.sendings.create(withChampion({}, { draft: true }))
    const { testGroup = 0, warnings } = await sending.plan()
    expect(warnings).toEqual([])
    await sending.send()
    await clock.advance(MINUTE)
    expect(provider.sent).toHaveLength(testGroup)
    const sentTo = new Set(provider.sent.map(({ address }) => address))
    const two = recipients(200)
      .filter(({ email }) => !sentTo.has(email))
      .slice(0, 2)
    const few = await broadside.sendings.create(withChampion({}, { draft: true, recipients: two }))
    const small = await few.plan()
    expect(small).toMatchObject({ testGroup: 0, recipients: 2, warnings: [{ code: 'EMPTY_TEST_GROUP' }] })
    expect(small.warnings[0]?.message).toContain('subject')
    const plain = await broadside.sendings.create({ ...SENDING, recipients: recipients(2) })
    expect(await plain.plan()).toMatchObject({ warnings: [] })
    expect(await plain.plan()).not.toHaveProperty('testGroup')
    await broadside.close()
  })

  it('leaves nobody out who gets it by another entry', async () => {
    const { broadside } = await bench({ audienceSource: sourceOf(members(3)) })
    const sending = await broadside.sendings.create({
      ...SENDING,
      audience: { type: 'all' },
      recipients: [{ member_id: 1 }, { email: 'member2@example.com' }, { email: 'member2@example.com' }],
    })
    expect(await sending.plan()).toMatchObject({ recipients: 3, leftOut: {} })
    expect((await sending.plan()).leftOut).toEqual({})
    await broadside.close()
  })
})

describe('a champion function', () => {
  const failing: [string, ChampionPicker, RegExp][] = [
    ['does not decide', () => undefined, /has not decided/],
    [
      'throws',
      () => {
        throw new Error('statistics are down')
      },
      /the function failed: statistics are down/,
    ],
    ['rejects', () => Promise.reject(new Error('statistics are down')), /the function failed: statistics are down/],
    ['names an unknown variant', () => 'quiet', /there is no variant "quiet"; there is "plain", "loud"/],
  ]
  it.each(failing)('that %s is asked less and less often, and a person may pick meanwhile', async (_, pick, why) => {
    const { broadside, clock, provider } = await timed(pick)
    const troubles: [number, number, BroadsideError][] = []
    broadside.on('sending:trouble', ({ error, retryAt }) => troubles.push([clock.now(), retryAt, error]))
    const sending = await broadside.sendings.create(withChampion({ pickedBy: 'function', after: '4 hours' }))
    await clock.advance(4 * HOUR)
    const tested = provider.sent.length
    await clock.advance(40 * MINUTE)
    const delays = troubles.map(([at, retryAt]) => (retryAt - at) / 1_000)
    expect(delays).toEqual([30, 60, 120, 240, 480, 600, 600, 600])
    // Each was in fact as long as it said.
    for (const [i, [at]] of troubles.entries()) if (i > 0) expect(at).toBe(troubles[i - 1]?.[1])
    for (const [, , error] of troubles) {
      expect(error).toMatchObject({ code: 'CHAMPION_UNDECIDABLE', sendingId: sending.id })
      expect(error.message).toMatch(why)
    }
    expect((await sending.info()).status).toBe('transmitting')
    await sending.pickChampion({ experiment: 'subject', variant: 'loud' })
    await clock.advance(HOUR)
    expect(await sending.info()).toMatchObject({ status: 'transmitted', counters: { enqueued: 200 } })
    expect(provider.sent.slice(tested).every(({ content }) => content.subject === 'LOUD')).toBe(true)
    expect(troubles).toHaveLength(8)
    await broadside.close()
  })

  it('that hangs is not waited for longer than a minute', async () => {
    let isHanging = true
    const asked: AbortSignal[] = []
    const { broadside, clock } = await timed(({ signal }) => {
      asked.push(signal)
      return isHanging ? new Promise(() => undefined) : 'loud'
    })
    const troubles: string[] = []
    broadside.on('sending:trouble', ({ error }) => troubles.push(error.message))
    const sending = await broadside.sendings.create(withChampion({ pickedBy: 'function', after: '4 hours' }))
    await clock.advance(4 * HOUR + 59_000)
    expect([asked.length, asked[0]?.aborted, troubles]).toEqual([1, false, []])
    await clock.advance(2_000)
    expect([asked.length, asked[0]?.aborted]).toEqual([1, true])
    expect(troubles).toEqual([expect.stringContaining('no answer in a minute')])
    isHanging = false
    await clock.advance(30_000)
    expect([asked.length, (await sending.info()).status]).toEqual([2, 'transmitted'])
    await broadside.close()
  })

  it('that hangs does not keep a person from picking', async () => {
    const { broadside, clock } = await timed(() => new Promise(() => undefined))
    const sending = await broadside.sendings.create(withChampion({ pickedBy: 'function', after: '4 hours' }))
    await clock.advance(5 * HOUR)
    await sending.pickChampion({ experiment: 'subject', variant: 'loud' })
    await clock.advance(MINUTE)
    expect(await sending.info()).toMatchObject({ status: 'transmitted', counters: { enqueued: 200 } })
    await broadside.close()
  })

  it('that fails for one experiment is still asked for the other', async () => {
    const asked: string[] = []
    const { broadside, clock } = await timed(({ experiment }) => {
      asked.push(experiment.name)
      return experiment.name === 'subject' ? undefined : 'a'
    })
    const [subject] = withChampion({ pickedBy: 'function', after: '4 hours' }).experiments ?? []
    const body = { ...subject, name: 'body', variants: [{ name: 'a' }, { name: 'b' }] }
    const sending = await broadside.sendings.create(
      withChampion({}, { experiments: [subject, body] as SendingInput['experiments'] }),
    )
    await clock.advance(4 * HOUR + 1_000)
    expect(asked).toEqual(['subject', 'body'])
    expect((await sending.results()).map(({ champion }) => champion)).toEqual([undefined, 'a'])
    await clock.advance(HOUR)
    expect(asked.filter((name) => name === 'body')).toHaveLength(1)
    await broadside.close()
  })
})

describe('the time of a champion', () => {
  const AFTER = { pickedBy: 'function', after: '4 hours' } as const

  /** When it was asked, in hours. */
  async function asked(more: Partial<SendingInput> = {}) {
    const at: (number | undefined)[] = []
    const made = await timed(() => {
      at.push(hours(made.clock.now()))
      return 'loud'
    })
    const sending = await made.broadside.sendings.create(withChampion(AFTER, more))
    return { ...made, sending, at }
  }

  it('does not pass while the sending is paused', async () => {
    const { broadside, clock, sending, at } = await asked()
    await clock.advance(HOUR)
    await sending.pause()
    await clock.advance(10 * HOUR)
    await sending.resume()
    await clock.advance(2.9 * HOUR)
    expect(at).toEqual([])
    await clock.advance(0.2 * HOUR)
    expect(at).toEqual([14])
    expect((await sending.info()).status).toBe('transmitted')
    await broadside.close()
  })

  it('begins when the test group goes on, if that was due while the sending was paused', async () => {
    const { broadside, clock, sending, at, sentAt } = await asked({ recipients: everywhere, schedule: contactTZ })
    await clock.advanceTo(START + 13 * HOUR)
    await sending.pause()
    await clock.advanceTo(START + 40 * HOUR)
    await sending.resume()
    expect((await sending.plan()).waves.at(-1)?.dueAt).toBe(START + 44 * HOUR)
    await clock.advance(5 * HOUR)
    expect(at).toEqual([44])
    expect([...sentAt.keys()]).toEqual([12, 40, 44])
    await broadside.close()
  })

  it('begins when the test group can go, if nobody was there when it was due', async () => {
    const storage = memoryStorage()
    const { broadside: web, clock } = await bench({ storage, dispatch: false, pickChampion: () => 'loud' })
    const sending = await web.sendings.create(withChampion(AFTER))
    await clock.advance(10 * HOUR)
    const at: (number | undefined)[] = []
    const pickChampion: ChampionPicker = () => {
      at.push(hours(clock.now()))
      return 'loud'
    }
    const { broadside } = await bench({ storage, clock, pickChampion })
    await clock.advance(5 * HOUR)
    expect([at, (await sending.info()).status]).toEqual([[14], 'transmitted'])
    await broadside.close()
    await web.close()
  })
})

describe('results', () => {
  it('of a test read only its waves, also once the champion is picked', async () => {
    const storage = memoryStorage()
    const seqs = new Set<number>()
    const listItems = storage.listItems.bind(storage)
    const calls: number[] = []
    const counted = new Proxy(storage, {
      get: (target, name) =>
        name !== 'listItems'
          ? Reflect.get(target, name)
          : async (query: Parameters<typeof listItems>[0]) => {
              const page = await listItems(query)
              calls.push(page.items.length)
              for (const { seq } of page.items) seqs.add(seq)
              return page
            },
    })
    const { broadside, clock } = await bench({ storage: counted })
    const sending = await broadside.sendings.create(withChampion({}, { recipients: recipients(6_000) }))
    await clock.advance(MINUTE)
    const { testGroup = 0 } = await sending.plan()
    calls.length = 0
    const [before] = await sending.results()
    expect(before?.variants).toEqual(before?.testGroup)
    const received = (list: typeof before): number[] => (list?.variants ?? []).map(({ counters }) => counters.received)
    expect(received(before).reduce((sum, count) => sum + count, 0)).toBe(testGroup)
    await sending.pickChampion({ experiment: 'subject', variant: 'loud' })
    await clock.advance(MINUTE)
    seqs.clear()
    const [after] = await sending.results()
    const [plain = 0, loud = 0] = received(before)
    expect(received(after)).toEqual([plain, loud + 6_000 - testGroup])
    expect(after?.variants[1]?.counters.enqueued).toBe(loud + 6_000 - testGroup)
    expect(after?.testGroup).toEqual(before?.testGroup)
    // The last page may reach into the next wave.
    expect(seqs.size).toBeLessThanOrEqual(testGroup + 1_000)
    await broadside.close()
  })
})

describe('a preview', () => {
  it('of somebody who waits for the champion says so, and shows no variant that nobody has chosen', async () => {
    const { broadside, clock, provider } = await timed()
    const sending = await broadside.sendings.create(withChampion({}))
    await clock.advance(MINUTE)
    const testers = new Set(provider.sent.map(({ address }) => address))
    const tester = recipients(200).find(({ email }) => testers.has(email))
    const other = recipients(200).find(({ email }) => !testers.has(email))
    if (tester === undefined || other === undefined) throw new Error('the group is everybody, or nobody')
    const tested = await sending.preview({ recipient: tester })
    expect(tested.awaitsChampion).toBe(false)
    expect(tested.variants).toEqual(provider.sent.find(({ address }) => address === tester.email)?.variants)
    const waiting = await sending.preview({ recipient: other })
    expect(waiting).toMatchObject({ awaitsChampion: true, variants: undefined, content: { subject: 'Hello' } })
    const variants = [{ experiment: 'subject', variant: 'loud' }]
    const chosen = { awaitsChampion: false, variants, content: { subject: 'LOUD' } }
    expect(await sending.preview({ recipient: other, variants })).toMatchObject(chosen)
    await sending.pickChampion({ experiment: 'subject', variant: 'loud' })
    expect(await sending.preview({ recipient: other })).toMatchObject(chosen)
    await broadside.close()
  })
})
