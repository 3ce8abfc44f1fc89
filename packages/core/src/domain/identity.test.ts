// biome-ignore lint/style/noRestrictedImports: the table that the engine passes in is the platform's
import { domainToASCII } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { IngestUser } from '../model/user.js'
import { anyText } from './hostile.fixture.js'
import { type IdentityResult, identityOf } from './identity.js'

const identify = (user: IngestUser): IdentityResult => identityOf(user, domainToASCII)

function identityIn(user: IngestUser): string | undefined {
  const result = identify(user)
  return result.ok ? result.value.identity : undefined
}

/** Who somebody is, and the ways to write that; `who` is unique. */
interface Way {
  readonly who: string
  readonly texts: readonly (string | number)[]
}

const USERS: readonly Way[] = [
  { who: 'user ann', texts: ['ann'] },
  { who: 'user Ann', texts: ['Ann'] },
  { who: 'user 7', texts: ['7', 7] },
  { who: 'user a@b.no', texts: ['a@b.no'] },
  { who: 'user __proto__', texts: ['__proto__'] },
]
const EMAILS: readonly Way[] = [
  { who: 'email a@b.no', texts: ['a@b.no', ' A@B.NO ', 'A@b.no\n'] },
  { who: 'email åse@b.no', texts: ['åse@b.no', 'A\u030aSE@b.no'] },
  { who: 'email a@å.no', texts: ['a@å.no', 'a@Å.no', 'A@xn--5ca.no'] },
]
const PHONES: readonly Way[] = [
  { who: 'phone 4740769126', texts: ['4740769126', 4740769126, '+47 407 69 126', '0047-40769126'] },
  { who: 'phone 40769126', texts: ['40769126', 40769126] },
]
const TOKENS: readonly Way[] = [
  { who: 'push tok', texts: ['tok', ' tok '] },
  { who: 'push TOK', texts: ['TOK'] },
]

/** The fields that say who somebody is, in the order of section 2 of the specification; the first that is there counts. */
const FIELDS: readonly (readonly [field: string, ways: readonly Way[]])[] = [
  ['recipient', USERS],
  ['to.user_id', USERS],
  ['to.member_id', USERS],
  ['to.email', EMAILS],
  ['profile.email', EMAILS],
  ['to.phone_number', PHONES],
  ['to.msisdn', PHONES],
  ['profile.phone_number', PHONES],
  ['profile.msisdn', PHONES],
  ['to.push', TOKENS],
  ['to.app_token', TOKENS],
  ['profile.push', TOKENS],
  ['profile.app_token', TOKENS],
]

const TEXT_ONLY = ['to.email', 'to.push', 'to.app_token']

interface Written {
  readonly who: string | undefined
  readonly user: IngestUser
}

/** Somebody, described in some of the fields; blank fields count as missing. */
const anybody: fc.Arbitrary<Written> = fc
  .tuple(
    ...FIELDS.map(([field, ways]) =>
      fc.option(
        fc
          .oneof(
            {
              weight: 4,
              arbitrary: fc
                .constantFrom(...ways)
                .chain((way) => fc.record({ who: fc.constant(way.who), text: fc.constantFrom(...way.texts) })),
            },
            { weight: 1, arbitrary: fc.constant({ who: undefined, text: ' ' }) },
          )
          .filter(({ text }) => !(TEXT_ONLY.includes(field) && typeof text === 'number')),
        { nil: undefined, freq: 2 },
      ),
    ),
  )
  .map((given) => {
    const parts: Record<string, Record<string, unknown>> = { to: {}, profile: {} }
    let recipient: unknown
    given.forEach((value, i) => {
      const [part = '', key = ''] = (FIELDS[i]?.[0] ?? '').split('.')
      if (value === undefined) return
      if (key === '') recipient = value.text
      else parts[part] = { ...parts[part], [key]: value.text }
    })
    const who = given.find((value) => value?.who !== undefined)?.who
    return { who, user: { ...parts, ...(recipient === undefined ? {} : { recipient }) } as IngestUser }
  })

describe('identityOf', () => {
  it.each<[string, IngestUser, string]>([
    ['the recipient', { recipient: 'ann', to: { user_id: 'u', email: 'a@b.no' } }, 'user:ann'],
    ['the user id', { to: { user_id: 'u', member_id: 'm' } }, 'user:u'],
    ['the member id', { to: { member_id: 150, email: 'a@b.no' } }, 'user:150'],
    [
      'the e-mail address',
      { to: { phone_number: '113' }, profile: { email: ' Ann@Bücher.Example ' } },
      'email:ann@xn--bcher-kva.example',
    ],
    ['the phone number', { to: { push: 'tok', phone_number: '+47 407 69 126' } }, 'phone:4740769126'],
    ['the push token', { profile: { app_token: 'tok' } }, 'push:tok'],
  ])('is %s', (_, user, identity) => {
    expect(identityIn(user)).toBe(identity)
  })

  it('is nothing where nothing says who it is', () => {
    for (const user of [
      {},
      { to: {}, profile: {} },
      { recipient: ' ', to: { email: '' } },
      { data: { email: 'a@b.no' } },
    ]) {
      expect(identify(user)).toEqual({ ok: true, value: { identity: undefined, recipient: undefined } })
    }
  })

  it('tells the recipient id that was given, as text, and makes none of an address', () => {
    const given = (user: IngestUser): string | undefined => {
      const result = identify(user)
      return result.ok ? result.value.recipient : undefined
    }
    expect(given({ recipient: 7 })).toBe('7')
    expect(given({ to: { user_id: 'u' } })).toBe('u')
    expect(given({ to: { email: 'a@b.no' } })).toBeUndefined()
  })

  it('is the same for exactly those that the specification calls duplicates', () => {
    let duplicates = 0
    fc.assert(
      fc.property(anybody, anybody, (a, b) => {
        const [one, other] = [identityIn(a.user), identityIn(b.user)]
        expect(one === undefined).toBe(a.who === undefined)
        if (one === undefined || other === undefined) return
        expect(one === other).toBe(a.who === b.who)
        if (one === other) duplicates += 1
      }),
      { numRuns: 5_000 },
    )
    expect(duplicates).toBeGreaterThan(100)
  })

  it('is not mistaken for one of another kind', () => {
    const user = identityIn({ recipient: 'email:a@b.no' })
    const email = identityIn({ to: { email: 'a@b.no' } })
    const token = identityIn({ to: { push: 'a@b.no' } })
    expect(new Set([user, email, token])).toHaveLength(3)
  })

  it.each<[IngestUser, string, RegExp]>([
    [{ to: { email: 'nobody' } }, 'to.email', /not an e-mail address/],
    [{ profile: { email: 7 } }, 'profile.email', /not an e-mail address/],
    [{ profile: { email: ['a@b.no'] } }, 'profile.email', /not an e-mail address/],
    [{ recipient: 'ann', profile: { email: 'nobody' } }, 'profile.email', /not an e-mail address/],
    [{ to: { email: 'a@b.no', phone_number: '12' } }, 'to.phone_number', /not a phone number: 3 to 15 digits/],
    [{ to: { email: 'a@b.no', msisdn: 4740769.5 } }, 'to.msisdn', /not a phone number/],
    [{ to: { msisdn: -4740769126 } }, 'to.msisdn', /not a phone number/],
    [{ to: { msisdn: 1e21 } }, 'to.msisdn', /not a phone number/],
    [{ to: { email: 'a@b.no' }, profile: { push: 'a b' } }, 'profile.push', /not a push token: visible text/],
    [{ profile: { push: 7 } }, 'profile.push', /not a push token/],
    [{ recipient: 'a\0b' }, 'recipient', /text of at most 512 characters, none of them a control character/],
    [{ to: { user_id: '\ud800' } }, 'to.user_id', /must be text/],
    [{ to: { member_id: 'x'.repeat(513) } }, 'to.member_id', /at most 512/],
    [{ recipient: 2 ** 53 }, 'recipient', /must be given as text: numbers this large are not exact/],
    [{ to: { user_id: 1e300 } }, 'to.user_id', /must be given as text/],
  ])('refuses %j and says where and why', (user, path, message) => {
    const result = identify(user)
    if (result.ok) throw new Error('was taken')
    expect(result.issue.path.join('.')).toBe(path)
    expect(result.issue.message).toMatch(message)
  })

  it('takes neighbours among the largest exact numbers for two people', () => {
    const largest = Number.MAX_SAFE_INTEGER
    expect(identityIn({ recipient: largest })).not.toBe(identityIn({ recipient: largest - 1 }))
  })

  it('takes no id and no address that somebody wrote into a prototype', () => {
    const user = JSON.parse(
      '{"__proto__":{"recipient":"x"},"to":{"__proto__":{"user_id":"x","email":"a@b.no"}},"profile":{"__proto__":{"email":"a@b.no"}}}',
    )
    expect(identityIn(user)).toBeUndefined()
  })

  it('is text that every storage keeps as it is, for any ids and addresses', () => {
    const field = fc.option(fc.oneof(anyText, fc.double(), fc.maxSafeInteger()), { nil: undefined })
    const users = fc.record({
      recipient: field,
      to: fc.record({ user_id: field, phone_number: field, push: fc.option(anyText, { nil: undefined }) }),
      profile: fc.record({ email: field }),
    })
    fc.assert(
      fc.property(users, (user) => {
        const result = identify(user)
        if (!result.ok) return
        for (const text of [result.value.identity, result.value.recipient]) {
          if (text === undefined) continue
          expect(text.isWellFormed()).toBe(true)
          expect(text).not.toMatch(/\p{Cc}/u)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
