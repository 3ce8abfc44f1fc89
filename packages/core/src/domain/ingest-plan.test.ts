// biome-ignore lint/style/noRestrictedImports: the table that the engine passes in is the platform's
import { domainToASCII } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { IngestUser } from '../model/user.js'
import { anyText, anyValue, bagOf, TRAPS } from './hostile.fixture.js'
import { identityOf } from './identity.js'
import { duplicateError, type EntryPlan, type IngestPorts, ingestError, planEntry } from './ingest-plan.js'

function ports(maxPayloadLength = 10_000): IngestPorts {
  let made = 0
  return {
    domainToAscii: domainToASCII,
    messageId: () => `m-${++made}`,
    recipientId: () => `r-${++made}`,
    maxPayloadLength,
  }
}

const plan = (entry: unknown): EntryPlan => planEntry(entry, ports())

function itemOf(entry: unknown): Extract<EntryPlan, { ok: true }>['item'] {
  const planned = plan(entry)
  if (!planned.ok) throw new Error(ingestError(planned, entry, 0).error)
  return planned.item
}

function refusalOf(entry: unknown): [code: string, error: string] {
  const planned = plan(entry)
  if (planned.ok) throw new Error('was taken')
  const { code, error } = ingestError(planned, entry, 0)
  return [code, error]
}

/** Users as hosts write them: some good, some bad, with data of any kind. */
const users = fc.record(
  {
    recipient: fc.oneof(anyText, fc.double(), fc.constant(null)),
    profile: fc.oneof(bagOf(anyValue), fc.record({ email: fc.oneof(anyText, fc.emailAddress()) }), anyValue),
    data: fc.oneof(bagOf(anyValue), anyValue),
    preferences: bagOf(anyValue),
    to: fc.oneof(
      fc.record(
        {
          user_id: anyText,
          email: fc.emailAddress(),
          phone_number: fc.oneof(fc.nat(), anyText),
          data: bagOf(anyValue),
          locale: fc.constant(null),
        },
        { requiredKeys: [] },
      ),
      bagOf(anyValue),
    ),
  },
  { requiredKeys: [] },
)

function jsonOf(entry: unknown): unknown {
  return JSON.parse(JSON.stringify(entry))
}

describe('planEntry', () => {
  it('stores what was given as its JSON, with a message id and an identity', () => {
    const entry = { recipient: 'ann', profile: { email: 'Ann@B.no' }, data: { n: 1, at: undefined }, extra: true }
    expect(plan(entry)).toEqual({
      ok: true,
      item: { identity: 'user:ann', recipient: 'ann', messageId: 'm-1', payload: JSON.stringify(entry) },
    })
  })

  it('makes a recipient id where none was given, and an identity of it where nothing else says who it is', () => {
    expect(itemOf({ to: { email: 'Ann@B.no' } })).toMatchObject({
      identity: 'email:ann@b.no',
      recipient: 'r-1',
      messageId: 'm-2',
    })
    expect(itemOf({ data: { n: 1 } })).toMatchObject({ identity: 'generated:r-1', recipient: 'r-1' })
    expect(itemOf({ recipient: 'generated:r-1' }).identity).not.toBe('generated:r-1')
  })

  it('takes an address that is missing, not one that is malformed', () => {
    expect(itemOf({ profile: { name: 'Ann' } }).recipient).toBe('r-1')
    expect(refusalOf({ to: { email: 'nobody' } })).toEqual(['INVALID_ADDRESS', 'to.email is not an e-mail address'])
  })

  it('takes null for a field that is not there, and keeps it within data', () => {
    const entry = {
      recipient: null,
      profile: { email: null, phone_number: '113' },
      data: { n: null },
      preferences: null,
      to: { user_id: null, email: null, data: null, note: null },
    }
    const { identity, payload } = itemOf(entry)
    expect(identity).toBe('phone:113')
    expect(JSON.parse(payload)).toEqual({
      profile: { email: null, phone_number: '113' },
      data: { n: null },
      to: { note: null },
    })
    expect(itemOf({ to: null, profile: null, data: null })).toMatchObject({ payload: '{}' })
  })

  it.each<[unknown, string, string]>([
    ['ann@b.no', 'INVALID_USER', 'user is not an object'],
    [null, 'INVALID_USER', 'user is not an object'],
    [undefined, 'INVALID_USER', 'user is not an object'],
    [[{ recipient: 'ann' }], 'INVALID_USER', 'user is not an object'],
    [Object('ann'), 'INVALID_USER', 'user is not an object as JSON'],
    [{ data: { id: 1n } }, 'INVALID_USER', 'user cannot be written as JSON: Do not know how to serialize a BigInt'],
    [{ recipient: {} }, 'INVALID_USER', 'recipient must be text or a number'],
    [
      { recipient: 'a\0b' },
      'INVALID_USER',
      'recipient must be text of at most 512 characters, none of them a control character',
    ],
    [{ to: { user_id: true } }, 'INVALID_USER', 'to.user_id must be text or a number'],
    [
      { to: { user_id: '\u0085' } },
      'INVALID_USER',
      'to.user_id must be text of at most 512 characters, none of them a control character',
    ],
    [{ to: 'ann@b.no' }, 'INVALID_USER', 'to must be an object'],
    [{ to: [] }, 'INVALID_USER', 'to must be an object'],
    [{ to: { email: ['a@b.no'] } }, 'INVALID_USER', 'to.email must be text'],
    [{ profile: [] }, 'INVALID_USER', 'profile must be an object'],
    [{ data: 'x', preferences: 7 }, 'INVALID_USER', 'data must be an object; preferences must be an object'],
    [{ to: { data: [1] } }, 'INVALID_USER', 'to.data must be an object'],
    [{ profile: { email: 7 } }, 'INVALID_ADDRESS', 'profile.email is not an e-mail address'],
    [
      { profile: { msisdn: '12' } },
      'INVALID_ADDRESS',
      'profile.msisdn is not a phone number: 3 to 15 digits, with + or 00 in front or not',
    ],
    [
      { data: { text: 'x'.repeat(10_000) } },
      'PAYLOAD_TOO_LARGE',
      'user has a JSON of 10020 characters; at most 10000 are taken',
    ],
  ])('refuses %o and says where and why', (entry, code, error) => {
    expect(refusalOf(entry)).toEqual([code, error])
  })

  it('says of a cycle where it closes, in one line', () => {
    const entry: Record<string, unknown> = { recipient: 'ann' }
    entry.self = entry
    const [code, error] = refusalOf(entry)
    expect(code).toBe('INVALID_USER')
    expect(error).toMatch(/^user cannot be written as JSON: Converting circular structure to JSON .*'self'/)
    expect(error).not.toMatch(/\p{Cc}/u)
  })

  it('believes what is stored, not what the object says of itself', () => {
    let reads = 0
    const shifty = {
      get recipient() {
        reads += 1
        return reads === 1 ? 'ann' : 'bob'
      },
    }
    expect(itemOf(shifty)).toMatchObject({ identity: 'user:ann', recipient: 'ann', payload: '{"recipient":"ann"}' })
    expect(itemOf({ recipient: 'ann', toJSON: () => ({ recipient: 'bob' }) }).identity).toBe('user:bob')
    expect(
      itemOf(
        new (class {
          recipient = 'ann'
        })(),
      ).identity,
    ).toBe('user:ann')
    expect(itemOf(Object.create({ recipient: 'inherited' })).identity).toBe('generated:r-1')
    expect(itemOf({ data: { list: new Array(2) } }).payload).toBe('{"data":{"list":[null,null]}}')
  })

  it('keeps hostile names as data, and takes nothing from them', () => {
    const text =
      '{"__proto__":{"recipient":"evil"},"to":{"__proto__":{"email":"evil@b.no"},"constructor":1},"data":{"__proto__":{"a":1}}}'
    const { identity, payload } = itemOf(JSON.parse(text))
    expect(identity).toBe('generated:r-1')
    expect(payload).toBe(text)
    expect(JSON.parse(itemOf(JSON.parse(`{"recipient":null,${text.slice(1)}`)).payload)).toEqual(JSON.parse(text))
    expect(({} as { recipient?: string }).recipient).toBeUndefined()
  })

  it.each(TRAPS)('is not thrown off by %s', (_, make) => {
    for (const entry of [
      make(),
      { data: make() },
      { to: make() },
      { profile: { email: make() } },
      { recipient: make() },
    ]) {
      const planned = plan(entry)
      if (planned.ok) expect(JSON.parse(planned.item.payload)).toBeTypeOf('object')
      else
        expect(ingestError(planned, entry, 3)).toMatchObject({ index: 3, error: expect.stringMatching(/^[\w.]+ .+/) })
    }
  })

  it('never throws, and what it stores reads back as what was checked', () => {
    let taken = 0
    fc.assert(
      fc.property(fc.oneof(users, anyValue), (entry) => {
        const planned = plan(entry)
        if (!planned.ok) {
          expect(planned.issues.length).toBeGreaterThan(0)
          return
        }
        taken += 1
        const { identity, recipient, payload } = planned.item
        const stored: IngestUser = JSON.parse(payload)
        const again = identityOf(stored, domainToASCII)
        if (!again.ok) throw new Error('what is stored would not be taken')
        expect(again.value.identity ?? `generated:${recipient}`).toBe(identity)
        expect(again.value.recipient ?? recipient).toBe(recipient)
        expect(plan(stored)).toMatchObject({ ok: true, item: { payload } })
        const given = jsonOf(entry) as Record<string, unknown>
        for (const field of ['profile', 'data', 'preferences'] as const)
          expect(stored[field] ?? null).toEqual(given[field] ?? null)
      }),
      { numRuns: 2_000 },
    )
    expect(taken).toBeGreaterThan(200)
  })

  it('takes exactly as much as is allowed', () => {
    const entry = { data: { text: 'é'.repeat(100) } }
    const { length } = JSON.stringify(entry)
    expect(planEntry(entry, ports(length)).ok).toBe(true)
    expect(planEntry(entry, ports(length - 1))).toMatchObject({ ok: false, code: 'PAYLOAD_TOO_LARGE' })
  })

  it('takes no time over a hostile address', { timeout: 1_000 }, () => {
    for (const email of [
      `a@${'\u0301\u0323'.repeat(60_000)}`,
      `${'a.'.repeat(60_000)}@b.no`,
      `a@${'b-'.repeat(60_000)}`,
    ]) {
      expect(planEntry({ to: { email } }, ports(262_144))).toMatchObject({ code: 'INVALID_ADDRESS' })
    }
  })
})

describe('duplicateError', () => {
  it('is what the Courier document shows', () => {
    const user = { profile: { email: 'foo@bar.com' }, recipient: 'foo-bar' }
    expect(duplicateError(user, 4)).toEqual({ error: 'Duplicate user', code: 'DUPLICATE_USER', user, index: 4 })
  })
})
